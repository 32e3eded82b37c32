/**
 * The part of CRIU's image messages that thaw reads, in the notation of Protocol Buffers. The field numbers were found by decoding
 * dumps next to CRIU's own JSON of them. Names and paths are `bytes`, since Linux does not promise UTF-8; kinds and states are plain
 * numbers, since a later CRIU may know more of them. Fields that are not listed are skipped by the decoder.
 */
import protobuf from 'protobufjs';

const TEXT = `
syntax = "proto2";

message Inventory {
  required uint32 version = 1;
  optional bool fdinfo_per_id = 2;
  optional Ids root_ids = 3;
}

message Ids {
  required uint32 vm = 1;
  required uint32 files = 2;
  required uint32 fs = 3;
  required uint32 sighand = 4;
  optional uint32 pid_ns = 5;
  optional uint32 ipc_ns = 7;
}

message TreeEntry {
  required uint32 pid = 1;
  required uint32 ppid = 2;
  required uint32 pgid = 3;
  required uint32 sid = 4;
  repeated uint32 threads = 5;
}

message Core {
  optional TaskCore task = 3;
  optional ThreadCore thread = 5;
}

message TaskCore {
  required uint32 state = 1;
  required uint32 exit_code = 2;
  required uint64 blocked = 5;
  required bytes comm = 6;
  optional Limits limits = 8;
  optional Queue pending = 10;
  repeated Action actions = 15;
  optional bool child_subreaper = 18;
}

message Limits { repeated Limit limits = 1; }
message Limit {
  required uint64 soft = 1;
  required uint64 hard = 2;
}

message Queue { repeated Queued signals = 1; }
message Queued { required bytes siginfo = 1; }

message Action {
  required uint64 handler = 1;
  required uint64 flags = 2;
  required uint64 restorer = 3;
  required uint64 mask = 4;
}

message ThreadCore {
  optional uint64 blocked = 6;
  optional Stack stack = 7;
  optional uint32 pdeath_signal = 8;
  optional Queue pending = 9;
  optional Credentials credentials = 10;
  optional bytes comm = 13;
}

message Stack {
  required uint64 address = 1;
  required uint64 size = 2;
  required uint32 flags = 3;
}

message Credentials {
  required uint32 uid = 1;
  required uint32 gid = 2;
  required uint32 euid = 3;
  required uint32 egid = 4;
  required uint32 suid = 5;
  required uint32 sgid = 6;
  required uint32 fsuid = 7;
  required uint32 fsgid = 8;
  repeated uint32 inheritable = 9;
  repeated uint32 permitted = 10;
  repeated uint32 effective = 11;
  repeated uint32 groups = 14;
}

message Fs {
  required uint32 cwd = 1;
  required uint32 root = 2;
  optional uint32 umask = 3;
}

message Descriptor {
  required uint32 file = 1;
  required uint32 flags = 2;
  required uint32 type = 3;
  required uint32 fd = 4;
}

message File {
  required uint32 type = 1;
  required uint32 id = 2;
  optional Regular regular = 3;
  optional Pipe pipe = 18;
  optional Memfd memfd = 20;
}

message Regular {
  required uint32 flags = 2;
  required uint64 position = 3;
  optional Owner owner = 5;
  required bytes name = 6;
  optional uint64 size = 8;
  optional uint32 mode = 10;
}

message Pipe {
  required uint32 pipe = 2;
  required uint32 flags = 3;
  optional Owner owner = 4;
}

message Memfd {
  required uint32 flags = 2;
  required uint64 position = 3;
  optional Owner owner = 4;
}

message Owner {
  required uint32 uid = 1;
  required uint32 euid = 2;
  required uint32 signal = 3;
  required uint32 kind = 4;
  required uint32 id = 5;
}

message PipeData {
  required uint32 pipe = 1;
  required uint32 bytes = 2;
  optional uint32 size = 3;
}

message IpcObject {
  required uint32 key = 1;
  required uint32 uid = 2;
  required uint32 gid = 3;
  required uint32 cuid = 4;
  required uint32 cgid = 5;
  required uint32 mode = 6;
  required uint32 id = 7;
}

message MessageQueue {
  required IpcObject object = 1;
  required uint32 qbytes = 2;
  required uint32 qnum = 3;
}

message Message {
  required uint64 type = 1;
  required uint32 size = 2;
}

message SemaphoreSet {
  required IpcObject object = 1;
  required uint32 count = 2;
}

message SharedMemory {
  required IpcObject object = 1;
  required uint64 size = 2;
  optional bool in_pagemaps = 3;
}

message IpcLimits {
  repeated uint32 sem = 1;
  required uint32 msgmax = 2;
  required uint32 msgmnb = 3;
  required uint32 msgmni = 4;
  required uint32 auto_msgmni = 5;
  required uint64 shmmax = 6;
  required uint64 shmall = 7;
  required uint32 shmmni = 8;
  required uint32 shm_rmid_forced = 9;
  required uint32 queues_max = 10;
  required uint32 msg_max = 11;
  required uint32 msgsize_max = 12;
  optional uint32 msg_default = 13;
  optional uint32 msgsize_default = 14;
}

message Memory { repeated Area areas = 14; }
message Area {
  required uint64 start = 1;
  required uint64 end = 2;
  required uint64 offset = 3;
  required uint64 shmid = 4;
  required uint32 prot = 5;
  required uint32 flags = 6;
  required uint32 status = 7;
}

message PagemapHead { required uint32 pages = 1; }
message Pagemap {
  required uint64 address = 1;
  required uint32 compat_count = 2;
  optional bool in_parent = 3;
  optional uint32 flags = 4;
  optional uint64 count = 5;
}
`;

const root = protobuf.parse(TEXT, { keepCase: true }).root;

export type MessageName = keyof Messages;

/** The type that decodes messages of a name. */
export function messageType(name: MessageName): protobuf.Type {
  return root.lookupType(name);
}

/** What the decoder makes of each message: 64-bit numbers as bigint, bytes as strings of characters 0-255, absent fields absent. */
export interface Messages {
  Inventory: { version: number; fdinfo_per_id?: boolean; root_ids?: Ids };
  Ids: Ids;
  TreeEntry: TreeEntry;
  Core: { task?: TaskCore; thread?: ThreadCore };
  Fs: { cwd: number; root: number; umask?: number };
  Descriptor: { file: number; flags: number; type: number; fd: number };
  File: FileEntry;
  PipeData: { pipe: number; bytes: number; size?: number };
  MessageQueue: { object: IpcObject; qbytes: number; qnum: number };
  Message: { type: bigint; size: number };
  SemaphoreSet: { object: IpcObject; count: number };
  SharedMemory: { object: IpcObject; size: bigint; in_pagemaps?: boolean };
  IpcLimits: IpcLimits;
  Memory: { areas: Area[] };
  PagemapHead: { pages: number };
  Pagemap: { address: bigint; compat_count: number; in_parent?: boolean; flags?: number; count?: bigint };
}

export interface Ids {
  vm: number;
  files: number;
  fs: number;
  sighand: number;
  pid_ns?: number;
  ipc_ns?: number;
}

export interface TreeEntry {
  pid: number;
  ppid: number;
  pgid: number;
  sid: number;
  threads: number[];
}

export interface TaskCore {
  state: number;
  exit_code: number;
  blocked: bigint;
  comm: string;
  limits?: { limits: { soft: bigint; hard: bigint }[] };
  pending?: Queue;
  actions: ActionEntry[];
  child_subreaper?: boolean;
}

export interface Queue {
  signals: { siginfo: string }[];
}

export interface ActionEntry {
  handler: bigint;
  flags: bigint;
  restorer: bigint;
  mask: bigint;
}

export interface ThreadCore {
  blocked?: bigint;
  stack?: { address: bigint; size: bigint; flags: number };
  pdeath_signal?: number;
  pending?: Queue;
  credentials?: CredentialsEntry;
  comm?: string;
}

export interface CredentialsEntry {
  uid: number;
  gid: number;
  euid: number;
  egid: number;
  suid: number;
  sgid: number;
  fsuid: number;
  fsgid: number;
  inheritable: number[];
  permitted: number[];
  effective: number[];
  groups: number[];
}

export interface FileEntry {
  type: number;
  id: number;
  regular?: { flags: number; position: bigint; owner?: OwnerEntry; name: string; size?: bigint; mode?: number };
  pipe?: { pipe: number; flags: number; owner?: OwnerEntry };
  memfd?: { flags: number; position: bigint; owner?: OwnerEntry };
}

export interface OwnerEntry {
  uid: number;
  euid: number;
  signal: number;
  kind: number;
  id: number;
}

export interface IpcObject {
  key: number;
  uid: number;
  gid: number;
  cuid: number;
  cgid: number;
  mode: number;
  id: number;
}

interface IpcLimits {
  sem: number[];
  msgmax: number;
  msgmnb: number;
  msgmni: number;
  auto_msgmni: number;
  shmmax: bigint;
  shmall: bigint;
  shmmni: number;
  shm_rmid_forced: number;
  queues_max: number;
  msg_max: number;
  msgsize_max: number;
  msg_default?: number;
  msgsize_default?: number;
}

export interface Area {
  start: bigint;
  end: bigint;
  offset: bigint;
  shmid: bigint;
  prot: number;
  flags: number;
  status: number;
}
