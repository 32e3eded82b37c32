// Netlink and generic netlink: linux/netlink.h, linux/genetlink.h; netlink(7). And the family that the thread of 2007 speaks of,
// which was never written: its names and numbers are thaw's own.

export const NETLINK_ROUTE = 0;
export const NETLINK_AUDIT = 9;
export const NETLINK_KOBJECT_UEVENT = 15;
export const NETLINK_GENERIC = 16;
/** One more than the highest protocol. */
export const MAX_LINKS = 32;

/** sizeof(struct sockaddr_nl). */
export const SOCKADDR_NL_SIZE = 12;
export const NLMSG_HDRLEN = 16;
export const GENL_HDRLEN = 4;
export const NLA_HDRLEN = 4;

export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;
/** Types below are the protocol's own. */
export const NLMSG_MIN_TYPE = 0x10;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_MULTI = 0x2;
export const NLM_F_ACK = 0x4;
export const NLM_F_ECHO = 0x8;
export const NLM_F_ROOT = 0x100;
export const NLM_F_MATCH = 0x200;
export const NLM_F_ATOMIC = 0x400;
export const NLM_F_DUMP = 0x300;
/** In an acknowledgement: the message that it is about is not there but for its header. */
export const NLM_F_CAPPED = 0x100;

/** The family that knows the others, and the commands and attributes to ask it. */
export const GENL_ID_CTRL = 0x10;
export const CTRL_CMD_NEWFAMILY = 1;
export const CTRL_CMD_GETFAMILY = 3;
export const CTRL_ATTR_FAMILY_ID = 1;
export const CTRL_ATTR_FAMILY_NAME = 2;
export const CTRL_ATTR_VERSION = 3;

/** The family "CR" of the series netlink-cr: the first that registers, so that it has the first free id. */
export const GENL_ID_CR = 0x11;
export const CR_GENL_VERSION = 1;
export const CR_CMD_DUMP = 1;
export const CR_CMD_RESTORE = 2;
export const CR_ATTR_PID = 1;
export const CR_ATTR_BLOCKED = 2;
export const CR_ATTR_PENDING = 3;
export const CR_ATTR_SHARED_PENDING = 4;
export const CR_ATTR_ACTION = 5;
export const CR_ATTR_ALTSTACK = 6;
