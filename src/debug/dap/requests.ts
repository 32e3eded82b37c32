/**
 * What an editor asks for, request by request; https://microsoft.github.io/debug-adapter-protocol.
 *
 * Tasks are threads, the lines of the scenario's programs are source. A step is a system call, or an effect when the editor asks for
 * instructions; stepping into is an effect too. Left out on purpose: attaching, changing variables, disassembly, memory.
 */

import type { Task } from '../../kernel-sim/task/task.ts';
import { BreakpointList } from '../breakpoints.ts';
import type { Debuggee } from '../debuggee.ts';
import { parseExpression } from '../expression/parse.ts';
import { doingText } from '../look/steps.ts';
import { hasReturned, isAboutToCall, type Motion, runBackward, runForward } from '../motion.ts';
import { parsePlace } from '../place.ts';
import { type Debugging, Refused } from './debugging.ts';
import { contentOf, isUnderWay, type Source, sourceOf } from './source.ts';

/** The arguments of requests, as far as they are looked at. */
export interface Arguments {
  readonly threadId?: number;
  readonly frameId?: number;
  readonly variablesReference?: number;
  readonly granularity?: string;
  readonly expression?: string;
  readonly name?: string;
  readonly filters?: readonly string[];
  readonly source?: Source;
  readonly sourceReference?: number;
  readonly breakpoints?: readonly {
    readonly line?: number;
    readonly name?: string;
    readonly dataId?: string;
    readonly condition?: string;
    readonly hitCondition?: string;
  }[];
}

type Handler = (debugging: Debugging, args: Arguments) => unknown;

export const capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsStepBack: true,
  supportsRestartFrame: true,
  supportsDataBreakpoints: true,
  supportsSteppingGranularity: true,
  supportTerminateDebuggee: true,
  supportsTerminateRequest: true,
  exceptionBreakpointFilters: [
    {
      filter: 'hazards',
      label: 'Hazards',
      description: 'Stops when a catalogued hazard becomes certain',
      default: true,
    },
  ],
};

/** Lines of the scenario on which a call begins, in order. */
function callLines({ interpreter }: Debuggee): number[] {
  const lines = [...interpreter.programs.library.values()].flatMap((code) =>
    code.instructions.flatMap((instruction) => (instruction.kind === 'call' ? [instruction.call.span.line] : [])),
  );
  return [...new Set(lines)].sort((a, b) => a - b);
}

function setBreakpoints(debugging: Debugging, { breakpoints = [], source = {} }: Arguments): unknown {
  const { debuggee } = debugging;
  if (!isUnderWay(source, debuggee)) {
    return {
      breakpoints: breakpoints.map(({ line }) => ({ verified: false, line, message: 'not what is debugged' })),
    };
  }
  const lines = callLines(debuggee);
  const wanted = breakpoints.map(({ line = 0, condition, hitCondition }) => ({
    // Where no call begins, the next one is meant.
    line: lines.find((known) => known >= line) ?? 0,
    condition,
    hits: hitCondition,
  }));
  const made = debugging.replace(
    'source',
    wanted.map(({ line, condition, hits }) => ({
      trigger: { kind: 'line', line },
      text: `line ${line}`,
      ...(condition !== undefined && { condition }),
      ...(hits !== undefined && { hits }),
    })),
  );
  return {
    breakpoints: made.map(({ number }, i) => ({
      id: number,
      verified: (wanted[i]?.line ?? 0) > 0,
      line: wanted[i]?.line,
      source: sourceOf(debuggee),
    })),
  };
}

function setFunctionBreakpoints(debugging: Debugging, { breakpoints = [] }: Arguments): unknown {
  const parsed = breakpoints.map(({ name = '', condition, hitCondition }) => ({
    place: parsePlace(name, debugging.debuggee),
    text: name,
    condition,
    hits: hitCondition,
  }));
  const made = debugging.replace(
    'function',
    parsed.flatMap(({ place, text, condition, hits }) =>
      place.ok
        ? [
            {
              trigger: place.trigger,
              text,
              ...(condition !== undefined && { condition }),
              ...(hits !== undefined && { hits }),
            },
          ]
        : [],
    ),
  );
  return {
    breakpoints: parsed.map(({ place }) =>
      place.ok ? { id: made.shift()?.number, verified: true } : { verified: false, message: place.message },
    ),
  };
}

function setDataBreakpoints(debugging: Debugging, { breakpoints = [] }: Arguments): unknown {
  const parsed = breakpoints.map(({ dataId = '' }) => ({ text: dataId, expression: parseExpression(dataId) }));
  const focus = debugging.taskOfFrame(undefined);
  const made = debugging.replace(
    'data',
    parsed.flatMap(({ text, expression }) =>
      expression.ok ? [{ trigger: { kind: 'watch', expression: expression.value, focus } as const, text }] : [],
    ),
  );
  return {
    breakpoints: parsed.map(({ expression }) =>
      expression.ok
        ? { id: made.shift()?.number, verified: true }
        : { verified: false, message: expression.mistake.message },
    ),
  };
}

function setExceptionBreakpoints(debugging: Debugging, { filters = [] }: Arguments): unknown {
  const wanted = filters.includes('hazards');
  debugging.replace('exception', wanted ? [{ trigger: { kind: 'hazard', id: null }, text: 'hazard' }] : []);
  return { breakpoints: filters.map(() => ({ verified: true })) };
}

function dataBreakpointInfo(debugging: Debugging, { variablesReference, name = '' }: Arguments): unknown {
  const named =
    variablesReference === undefined
      ? undefined
      : debugging.references.open(variablesReference).find((variable) => variable.name === name)?.evaluateName;
  const dataId = variablesReference === undefined ? name : named;
  if (dataId === undefined || !parseExpression(dataId).ok) return { dataId: null, description: 'cannot be watched' };
  return { dataId, description: dataId, accessTypes: ['write'], canPersist: true };
}

function stackTrace(debugging: Debugging, { threadId = 0 }: Arguments): unknown {
  const { debuggee } = debugging;
  const task = debugging.taskOf(threadId);
  const source = sourceOf(debuggee);
  const points = debuggee.stackOf(task);
  const here = points[0]?.line ?? 0;
  const frames = [
    { name: doingText(debuggee, task), line: here, canRestart: debuggee.view.read(task.frame) !== null },
    ...points.map(({ code, line }) => ({ name: code.name, line, canRestart: false })),
  ];
  const stackFrames = frames.map((frame) => ({ id: debugging.frame(task), column: 1, source, ...frame }));
  return { stackFrames, totalFrames: stackFrames.length };
}

/** One effect, forward or back. */
function* single({ session }: Debuggee, backwards: boolean): Motion {
  const moved = backwards ? session.back() : session.forward();
  return { reason: moved ? 'done' : backwards ? 'start' : 'end' };
}

const moving = (motion: (debugging: Debugging, task: Task, args: Arguments) => Motion): Handler => {
  return (debugging, args) => {
    const task = debugging.taskOf(args.threadId ?? 0);
    debugging.start(motion(debugging, task, args), 'step', task);
    return undefined;
  };
};

function restartFrame(debugging: Debugging, { frameId }: Arguments): undefined {
  const task = debugging.taskOfFrame(frameId);
  if (task === null || debugging.debuggee.view.read(task.frame) === null) throw new Refused('the task is in no call');
  const { debuggee } = debugging;
  debugging.start(runBackward(debuggee, new BreakpointList(), isAboutToCall(debuggee, task)), 'restart', task);
}

function evaluate(debugging: Debugging, { expression = '', frameId }: Arguments): unknown {
  const { value, variablesReference } = debugging.evaluate(expression, debugging.taskOfFrame(frameId));
  return { result: value, variablesReference };
}

/** Requests that need a scenario to be launched, by command. */
export const requests: Readonly<Record<string, Handler>> = {
  setBreakpoints,
  setFunctionBreakpoints,
  setDataBreakpoints,
  setExceptionBreakpoints,
  dataBreakpointInfo,
  threads: (debugging) => ({
    threads: debugging.debuggee.tasks.map((task) => ({
      id: debugging.threadOf(task),
      name: debugging.debuggee.nameOf(task),
    })),
  }),
  stackTrace,
  source: ({ debuggee }, { source, sourceReference }) =>
    contentOf(debuggee, source?.sourceReference ?? sourceReference),
  scopes: (debugging, { frameId }) => {
    const task = debugging.taskOfFrame(frameId);
    return { scopes: task === null ? [] : debugging.references.scopesOf(task) };
  },
  variables: ({ references }, { variablesReference = 0 }) => ({ variables: references.open(variablesReference) }),
  evaluate,
  continue: (debugging) => {
    debugging.start(runForward(debugging.debuggee, debugging.breakpoints), 'breakpoint', null);
    return { allThreadsContinued: true };
  },
  reverseContinue: (debugging) => {
    debugging.start(runBackward(debugging.debuggee, debugging.breakpoints), 'breakpoint', null);
    return undefined;
  },
  next: moving(({ debuggee, breakpoints }, task, { granularity }) =>
    granularity === 'instruction'
      ? single(debuggee, false)
      : runForward(debuggee, breakpoints, hasReturned(debuggee, task)),
  ),
  stepIn: moving(({ debuggee }) => single(debuggee, false)),
  stepOut: moving(({ debuggee, breakpoints }, task) => runForward(debuggee, breakpoints, hasReturned(debuggee, task))),
  stepBack: moving(({ debuggee, breakpoints }, task, { granularity }) =>
    granularity === 'instruction'
      ? single(debuggee, true)
      : runBackward(debuggee, breakpoints, isAboutToCall(debuggee, task)),
  ),
  restartFrame,
  pause: (debugging) => debugging.pause(),
};
