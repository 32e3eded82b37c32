export { checkImage, type Problem } from './check.ts';
export { type Difference, diffImages } from './diff.ts';
export { isKnown, type Knowable, UNKNOWN } from './fields.ts';
export type { Descriptor, DescriptorTable, FileOwner, OpenFile, Pipe } from './files.ts';
export { IMAGE_VERSION, type Image, imageJsonSchema } from './image.ts';
export type {
  Attach,
  Ipc,
  IpcLimits,
  Message,
  MessageQueue,
  PosixQueue,
  Segment,
  SemaphoreSet,
  SharedMemory,
  UndoList,
} from './ipc.ts';
export type { ImageError } from './parsed.ts';
export { type ReadResult, readImage, validateImage } from './read.ts';
export type { Altstack, SigAction, SigInfo } from './signals.ts';
export {
  type Credentials,
  type LiveTask,
  RLIMITS,
  type Rlimits,
  type Task,
  type Thread,
  type ZombieTask,
} from './tasks.ts';
export { type ImageFormat, imageText, writeImage } from './write.ts';
