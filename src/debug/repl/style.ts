/** How the debugger's text is set off: by colour on a terminal that wants it, not at all otherwise. */

export interface Style {
  /** Where one is. */
  readonly place: (text: string) => string;
  /** What went wrong. */
  readonly bad: (text: string) => string;
  readonly hazard: (text: string) => string;
  /** What is beside the point. */
  readonly faint: (text: string) => string;
}

const asIs = (text: string): string => text;

export const plain: Style = { place: asIs, bad: asIs, hazard: asIs, faint: asIs };

const sgr =
  (code: number) =>
  (text: string): string =>
    `\x1b[${code}m${text}\x1b[0m`;

export const coloured: Style = { place: sgr(36), bad: sgr(31), hazard: sgr(33), faint: sgr(2) };
