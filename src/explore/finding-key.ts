import type { Finding } from '../hazards/finding.ts';

/** What tells two findings of one exploration apart: the hazard, who suffers it, and in which call. */
export const keyOf = ({ id, task, at }: Finding): string => `${id} ${task} ${at.call}`;
