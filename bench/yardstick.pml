/* The yardstick at the granularity of the simulated kernel: what scenarios/yardstick.yaml leaves to the search, for Spin.
 * One transition for each step of the kernel that another task could notice. The nth chooser wants number 2 + n. */
#define NUMBERS 16

unsigned taken : 16 = 3;
byte last = 1;
byte holder[NUMBERS];

active [N] proctype chooser() {
  byte mine = 2 + _pid;
  byte seen;
  if
  :: d_step { (taken & (1 << mine)) == 0 -> taken = taken | (1 << mine) } /* pidmap.test_and_set */
  :: d_step { (taken & (1 << mine)) != 0 -> mine = 0 }; goto over
  fi;
  seen = last;                                                           /* load */
  d_step { last = (seen > mine -> seen : mine); seen = 0 };              /* last_pid.store */
  d_step { holder[mine] = 1 + _pid; mine = 0 };                          /* fork.link */
over: false
}

#if M > 0
active [M] proctype ordinary() {
  byte nr;
  d_step { nr = last + 1 };                                              /* last_pid.load */
look:
  if
  :: d_step { (taken & (1 << nr)) == 0 -> taken = taken | (1 << nr) }     /* pidmap.test_and_set */
  :: d_step { (taken & (1 << nr)) != 0 -> skip };
     d_step {                                                            /* pidmap.find_next_zero */
       do
       :: (taken & (1 << nr)) != 0 -> nr = (nr + 1 < NUMBERS -> nr + 1 : 2)
       :: else -> break
       od
     };
     goto look
  fi;
  d_step { last = nr };                                                  /* last_pid.store */
  d_step { holder[nr] = 1 + _pid; nr = 0 };                              /* fork.link */
over: false
}
#endif
