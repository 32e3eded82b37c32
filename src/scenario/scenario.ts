// A scenario, ready to run: what a file says with defaults filled in, parameters set and programs parsed.

import type { Alternative, Architecture } from '../kernel-sim/profile.ts';
import type { Limit } from '../kernel-sim/task/limits.ts';
import type { Program } from '../userland/language/ast.ts';
import type { Value } from '../userland/language/value.ts';
import type { Constraint } from './constraint.ts';
import type { Diagnostic } from './diagnostic.ts';

export type Scenario = {
  /** The path of the file, as it was given. */
  readonly file: string;
  readonly title: string;
  readonly about: string;
  readonly kernel: KernelChoice;
  /** Integers and bytes, in the order of the file. */
  readonly params: ReadonlyMap<string, Value>;
  /** In the order of the file; pid 1 runs `init`, which is there unless there is an image. */
  readonly programs: ReadonlyMap<string, Program>;
  /** The image that is restored first: a path as the scenario writes it, relative to the scenario's folder. */
  readonly image?: string;
  readonly restoreMode: 'sequential' | 'parallel';
  readonly restoreSignals?: 'sending' | 'procsig' | 'freezer';
  readonly schedule?: SchedulePin;
  /** Where the file names others, for what is to be said about these. */
  readonly places: { readonly image?: Place; readonly schedule?: Place };
  readonly budget: { readonly states?: number | undefined; readonly steps?: number | undefined };
  readonly expect: Expected;
};

/** A place in the scenario's file, about which something may have to be said. */
export type Place = Omit<Diagnostic, 'message'>;

export type KernelChoice = {
  readonly profile: '2.6.26' | '6.x';
  /** Ids in upper case. */
  readonly fixes: readonly string[] | 'all';
  readonly architecture?: Architecture;
  readonly interface?: string;
  /** Proposed alternatives that the kernel carries beside what its profile does. */
  readonly series?: readonly Alternative[];
  readonly limits: KernelLimits;
  /** By absolute path, in the order of the file. */
  readonly files: ReadonlyMap<string, InitialFile>;
  /** What pid 1 starts with. */
  readonly credentials: StartCredentials;
};

/** Limits that the scenario sets; what it leaves out is the profile's. Sysctls are numbers, sem in the order of kernel.sem. */
export type KernelLimits = {
  readonly pid_max?: number;
  readonly threads_max?: number;
  readonly msgmni?: number;
  readonly msgmax?: number;
  readonly msgmnb?: number;
  readonly sem?: { readonly semmsl: number; readonly semmns: number; readonly semopm: number; readonly semmni: number };
  readonly shmmni?: number;
  readonly shmmax?: number;
  readonly shmall?: number;
  readonly mq_queues_max?: number;
  readonly mq_msg_max?: number;
  readonly mq_msgsize_max?: number;
  readonly idr_spare_layers?: number;
  readonly nofile?: Limit;
  readonly nproc?: Limit;
  readonly sigpending?: Limit;
  readonly msgqueue?: Limit;
  readonly memlock?: Limit;
};

/** A file that is there before the first task; `content` are bytes, one character each. */
export type InitialFile = {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: string;
};

export type StartCredentials = {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly capabilities: readonly string[] | 'all';
};

/** How the order of steps is settled beforehand: by a file, by constraints on named points, or choice by choice. */
export type SchedulePin =
  /** The constraints are those of the file, and none before it has been read. */
  | { readonly kind: 'file'; readonly file: string; readonly constraints: readonly Constraint[] }
  | { readonly kind: 'constraints'; readonly constraints: readonly Constraint[] }
  | { readonly kind: 'choices'; readonly choices: readonly number[] };

/** The constraints that a scenario pins, in itself or in a file. */
export const pinnedConstraints = ({ schedule }: Scenario): readonly Constraint[] =>
  schedule === undefined || schedule.kind === 'choices' ? [] : schedule.constraints;

/** What an exploration must find; what is left out is not compared. */
export type Expected = {
  /** Ids in upper case, each once. */
  readonly hazards?: readonly string[] | undefined;
  readonly deadlock?: boolean | undefined;
  readonly outcome?: 'always' | 'sometimes' | 'never' | undefined;
};
