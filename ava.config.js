import { join } from 'node:path';

export default {
  extensions: ['ts'],
  files: ['test/**/*.ts', '!test/fixtures/**', '!test/**/helpers/**', '!test/**/_*.ts'],
  // Processes start as fast as threads here, and a test may exhaust memory or leave its folder without harm to others.
  workerThreads: false,
  // Stripping types of the whole source takes longer than most test files; so every process shares what the first one stripped.
  environmentVariables: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/thaw') },
  concurrency: 2,
  timeout: '2m',
};
