/**
 * Tasks in user namespaces of their own, which thaw does not model: they keep the ids and capabilities that they had. What these
 * tasks ask of ids and rights is skipped, and ids that others are described by are not compared; user_namespaces(7).
 */

import { CLONE_NEWUSER } from '../../kernel-sim/abi/clone.ts';
import type { Transaction } from '../../kernel-sim/machine/store.ts';
import type { Result } from '../../kernel-sim/result.ts';
import type { Task } from '../../kernel-sim/task/task.ts';
import { type Datum, integerOf, type Return } from '../../syscalls/datum.ts';
import { syscalls } from '../../syscalls/table.ts';
import type { Expr } from '../../userland/language/ast.ts';
import { evaluate } from '../../userland/language/evaluate.ts';
import type { RecordedCall } from '../strace/recording.ts';
import { byParameter, NO_VARIABLES } from './arguments.ts';
import { familyOf } from './families.ts';
import { followerOf } from './follower.ts';

/** Why calls of such tasks are not compared. */
export const IN_USER_NAMESPACE = 'in a user namespace of its own';

/** Where each call takes the namespaces that it makes or enters. */
const FLAGS: Readonly<Record<string, string>> = {
  clone: 'flags',
  clone3: 'cl_args',
  unshare: 'flags',
  setns: 'nstype',
};

/** Whether a recorded call leads into another user namespace: the caller, or the child that it makes. */
export function isLeaving(call: RecordedCall): boolean {
  const parameter = FLAGS[call.name];
  if (parameter === undefined || call.result.kind === 'errno') return false;
  const printed = byParameter(call, syscalls.get(call.name)!).get(parameter);
  if (printed === undefined) return false;
  const found = evaluate(printed, NO_VARIABLES);
  if (!found.ok) return false;
  const value = found.value as Datum;
  const flags = typeof value === 'object' && value !== null && 'flags' in value ? value.flags : value;
  return Math.floor(integerOf(flags) / CLONE_NEWUSER) % 2 === 1;
}

export const isInUserNamespace = (tx: Transaction, task: Task): boolean =>
  tx.peek(followerOf(tx, task).inUserNamespace);

/** A new task is where its parent is, unless the call that makes it says otherwise. */
export function inheritUserNamespace(tx: Transaction, parent: Task, child: Task): void {
  const { inUserNamespace, leavesUserNamespace } = followerOf(tx, parent);
  if (tx.peek(inUserNamespace) || tx.peek(leavesUserNamespace)) tx.setOwn(followerOf(tx, child).inUserNamespace, true);
}

/** Notes that the caller itself is in another user namespace from a call on. */
export function enterUserNamespace(tx: Transaction, task: Task, call: RecordedCall): void {
  if (!call.name.startsWith('clone') && isLeaving(call)) tx.setOwn(followerOf(tx, task).inUserNamespace, true);
}

/** Calls about rights beside those of the family of ids. */
const RIGHTS: ReadonlySet<string> = new Set(['setpriority', 'setrlimit', 'prlimit64']);

/** Whether a task's call cannot be answered because of where it is. */
export const isUnanswerable = (tx: Transaction, task: Task, { name }: RecordedCall): boolean =>
  isInUserNamespace(tx, task) && (familyOf(name) === 'ids' || RIGHTS.has(name) || name.includes('chown'));

const REFUSALS: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EOVERFLOW']);

/** Whether a difference may come from rights in a namespace that the simulation does not have, or from entering one. */
export const isAboutRights = ({ name, result }: RecordedCall, outcome: Result<Return>): boolean =>
  name === 'setns' ||
  (result.kind === 'errno' && REFUSALS.has(result.errno)) ||
  (!outcome.ok && REFUSALS.has(outcome.errno));

/** Fields that hold the id of a user or group. */
const IDS: ReadonlySet<string> = new Set(['uid', 'gid', 'cuid', 'cgid', 'st_uid', 'st_gid', 'si_uid']);

/** What is printed of an argument but the ids in it. */
export function withoutIds(printed: Expr): Expr {
  if (printed.kind === 'array') return { ...printed, elements: printed.elements.map(withoutIds) };
  if (printed.kind !== 'struct') return printed;
  const others = printed.fields.filter(({ name }) => name === undefined || !IDS.has(name));
  return { ...printed, fields: others.map((field) => ({ ...field, value: withoutIds(field.value) })) };
}

/** What is compared of something that was printed for a task. */
export const comparable = (tx: Transaction, task: Task, printed: Expr): Expr =>
  isInUserNamespace(tx, task) ? withoutIds(printed) : printed;
