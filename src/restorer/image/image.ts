/**
 * The checkpoint image, version 1: what userspace can see of a tree of tasks and of its System V objects.
 *
 * It follows DESIGN ("Restore") and takes the meaning of each field from SEMANTICS C5-C10, C12 and C14. It never describes kernel
 * structures: an open file is a path, flags and a position; a queue is its messages and its times.
 *
 * Left out on purpose: memory, registers and mappings (thaw's tasks have none), timers, and numbers in outer pid namespaces.
 *
 * A value that the source of an image could not find out is the word `unknown` (`Knowable`). An optional key that is absent
 * means "there is none", which is knowledge.
 */
import { z } from 'zod';
import { BOUNDS } from './fields.ts';
import { descriptorTable, openFile, pipe } from './files.ts';
import { ipc } from './ipc.ts';
import { task } from './tasks.ts';

/** The version that this thaw writes; it reads this one and every older one. */
export const IMAGE_VERSION = 1;

/** Whether the tree has a namespace of its own, or lives in the one around it. */
const namespace = z.enum(['own', 'shared']);

/** The schema of a whole image. */
export const imageSchema = z.strictObject({
  version: z.literal(IMAGE_VERSION),
  /** Where the image comes from, for people. */
  source: z.string().max(1024).optional(),
  namespaces: z.strictObject({ pid: namespace, ipc: namespace }),
  tasks: z.array(task).max(BOUNDS.tasks),
  descriptorTables: z.array(descriptorTable).max(BOUNDS.tasks),
  openFiles: z.array(openFile).max(BOUNDS.openFiles),
  pipes: z.array(pipe).max(BOUNDS.openFiles),
  /** Absent: the image says nothing about IPC objects. */
  ipc: ipc.optional(),
});

export type Image = z.infer<typeof imageSchema>;

/** The JSON Schema of an image file, for editors and for `thaw schema image`. */
export function imageJsonSchema(): object {
  return z.toJSONSchema(imageSchema, { io: 'input' });
}
