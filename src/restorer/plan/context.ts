/** What the scripts of all members have in common. */

import type { Fixes } from '../../kernel-sim/signal/procsig/text.ts';
import type { Descriptor, Image } from '../image/index.ts';
import type { DescriptorTable } from './descriptor-table.ts';
import type { Member } from './member.ts';
import type { Settings } from './settings.ts';
import type { SignalInterface } from './signals-by-file.ts';
import type { Tables } from './sites.ts';
import type { Sysctl } from './sysctls.ts';

/** How the tree is built: one task after the other, or all children of a task at once. */
export type Mode = 'sequential' | 'parallel';

export interface PlanContext {
  readonly image: Image;
  readonly mode: Mode;
  readonly tables: Tables;
  readonly sysctls: readonly Sysctl[];
  /** The first descriptor number that the image does not use, nor any above it. */
  readonly base: number;
  /** Where the first user of each open file wants it. */
  readonly homes: ReadonlyMap<number, number>;
  /** The program that each member runs. */
  readonly names: ReadonlyMap<Member, string>;
  /** The program of each thread beside the leaders, by tid. */
  readonly threadNames: ReadonlyMap<number, string>;
  /** The capabilities that the kernel knows, as bits. */
  readonly capabilities: bigint;
  /** Whether anybody has to wait until all are there. */
  readonly hasGate: boolean;
  /** Whether orphans can be adopted by others than init; prctl(PR_SET_CHILD_SUBREAPER), 3.4. */
  readonly hasSubreapers: boolean;
  /** How signal state is brought back, and what is repaired in the kernel that it is brought to. */
  readonly signals: SignalInterface;
  readonly kernel: Fixes;
  /** Who restores signals from outside, when somebody does. */
  readonly coordinator: Coordinator | null;
  /** Programs that signal handlers of the image may name. */
  readonly handlers: ReadonlySet<string>;
  /** Semaphores whose last changer is known, by pid. */
  readonly changes: ReadonlyMap<number, readonly SemaphoreChange[]>;
  /** The dead among the last changers, for whom somebody stands in. */
  readonly clerks: readonly Member[];
  /** Attachments of shared memory by pid. */
  readonly attachments: ReadonlyMap<number, readonly Attachment[]>;
}

/** A helper that pid 1 forks last. */
export interface Coordinator {
  readonly number: number;
  readonly program: string;
}

/** A semaphore that a task has to set itself, to be known as the one who did it last. */
export interface SemaphoreChange {
  readonly set: number;
  readonly index: number;
  readonly value: number;
}

export interface Attachment {
  readonly segment: number;
  readonly address: number | 'unknown';
  readonly flags: number;
}

/** What a member is born with. */
export interface Birth {
  readonly table: DescriptorTable;
  readonly settings: Settings;
}

/** The descriptors that a member has in the end; helpers and zombies have none. */
export const descriptorsOf = (context: PlanContext, member: Member): readonly Descriptor[] =>
  context.tables.get(member) ?? [];
