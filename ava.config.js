export default {
  extensions: ['ts'],
  files: ['test/**/*.ts', '!test/fixtures/**', '!test/**/helpers/**', '!test/**/_*.ts'],
  workerThreads: false, // as fast as threads here, and a test may exhaust memory or leave its folder without harm to others
  concurrency: 2,
  timeout: '2m',
};
