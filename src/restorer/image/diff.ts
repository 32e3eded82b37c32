/**
 * The differences between two images in what userspace can see: the numbers by which an image names open files, pipes and tables do
 * not count, and neither does anything that either side does not know.
 */
import { UNKNOWN } from './fields.ts';
import type { Image } from './image.ts';
import { type View, viewImage } from './view.ts';

/** One difference; `null` stands where one side has nothing. */
export interface Difference {
  /** Such as `/tasks/5000/sid` or `/ipc/msg/3/messages/0/text`. */
  path: string;
  image: unknown;
  restored: unknown;
}

/** Every difference between an image and another, in the order of the first. */
export function diffImages(image: Image, restored: Image): Difference[] {
  const differences: Difference[] = [];
  compare(viewImage(image), viewImage(restored), '', differences);
  return differences;
}

const isView = (value: unknown): value is View => typeof value === 'object' && value !== null;

function compare(image: unknown, restored: unknown, path: string, differences: Difference[]) {
  if (image === restored || image === UNKNOWN || restored === UNKNOWN) return;
  if (isView(image) && isView(restored) && Array.isArray(image) === Array.isArray(restored)) {
    const names = new Set([...Object.keys(image), ...Object.keys(restored)]);
    for (const name of names) {
      const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
      compare(own(image, name), own(restored, name), `${path}/${escaped}`, differences);
    }
  } else {
    differences.push({ path, image: image ?? null, restored: restored ?? null });
  }
}

const own = (view: View, name: string) => (Object.hasOwn(view, name) ? view[name] : undefined);
