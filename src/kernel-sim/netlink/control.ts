/**
 * The family that knows the others: programs ask it for the id of a family by name; genetlink.c:ctrl_getfamily.
 * Left out on purpose: what else it tells (commands, the highest attribute, groups), and the list of all families.
 */

import {
  CTRL_ATTR_FAMILY_ID,
  CTRL_ATTR_FAMILY_NAME,
  CTRL_ATTR_VERSION,
  CTRL_CMD_GETFAMILY,
  CTRL_CMD_NEWFAMILY,
  GENL_ID_CTRL,
} from '../abi/netlink.ts';
import type { Kernel } from '../kernel.ts';
import { done, fail } from '../result.ts';
import { answer, type GenericFamily } from './generic-family.ts';

const VERSION = 2;

/** @param families all that there are, this one included */
export const controlFamily = (families: (k: Kernel) => readonly GenericFamily[]): GenericFamily => ({
  id: GENL_ID_CTRL,
  name: 'nlctrl',
  version: VERSION,
  policy: {
    [CTRL_ATTR_FAMILY_ID]: (value) => typeof value === 'number',
    [CTRL_ATTR_FAMILY_NAME]: (value) => typeof value === 'string',
  },
  commands: {
    [CTRL_CMD_GETFAMILY]: {
      administrator: false,
      *run(k, packet, given) {
        const [wantedId, wantedName] = [given.get(CTRL_ATTR_FAMILY_ID), given.get(CTRL_ATTR_FAMILY_NAME)];
        if (wantedId === undefined && wantedName === undefined) return fail('EINVAL');
        // A name goes before an id.
        const found = families(k).find(({ id, name }) =>
          wantedName === undefined ? id === wantedId : name === wantedName,
        );
        if (found === undefined) return fail('ENOENT');
        yield* answer(k, packet, { id: GENL_ID_CTRL, version: VERSION }, CTRL_CMD_NEWFAMILY, [
          { type: CTRL_ATTR_FAMILY_NAME, value: found.name },
          { type: CTRL_ATTR_FAMILY_ID, value: found.id },
          { type: CTRL_ATTR_VERSION, value: found.version },
        ]);
        return done;
      },
    },
  },
});
