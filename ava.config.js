export default {
  extensions: ['ts'],
  files: ['test/**/*.ts', '!test/fixtures/**', '!test/**/helpers/**', '!test/**/_*.ts'],
  concurrency: 2,
  timeout: '2m',
};
