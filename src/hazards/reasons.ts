/** Why a catalogued hazard has no scenario. */

const own: Readonly<Record<string, string>> = {
  N18: 'no system call of the model starts a kernel thread in its caller',
  F5: 'the posted open leaves the hint alone; only another way of writing patch 5 would move it',
};

const families: Readonly<Record<string, string>> = {
  S: '/proc/<pid>/semundo is not modelled yet',
  M: 'POSIX message queues are modelled, but not the mounts that outlive their namespace in the series',
};

/** The reason for an id in upper case. */
export const reasons = (id: string): string =>
  (Object.hasOwn(own, id) ? own[id] : families[id[0] as string]) ?? 'no scenario shows it yet';
