import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../app/keys';
import { Badge, Button } from '../ui';
import { nowMs, useConnection, useNow } from './live';
import { usePreferences, type Preferences } from './preferences';
import { longestMs, momentText, parseMoment, useCompareDays, useRange, type RangeState } from './range';
import { addDays, clockOf, clockSecondsOf, dayOf, formatTime, lengthOf, startOfDay } from './zone';
import './scrubber.css';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const quick = [['now-15m', '15 min'], ['now-1h', '1 h'], ['now-3h', '3 h'], ['now-12h', '12 h'], ['now-24h', '24 h'], ['now-7d', '7 d']] as const;
const steps: [Preferences['step'], string][] = [['cycle', '1 cycle'], ['5min', '5 min'], ['hour', '1 hour'], ['day', '1 day']];

/** A cycle's length when no pattern says it. */
const usualCycleS = 100;

/** The one clock of a page: what time all panels show, live or standing still, moved by keys, buttons, its bar or typed times. */
export function TimeScrubber({ zone, cycleS, compares = true }: { zone: string; cycleS?: number; /** Whether the page can compare with another day. */ compares?: boolean }): JSX.Element {
  const state = useRange(zone);
  const { range } = state;
  const [days, setDays] = useCompareDays();
  const [preferences, change] = usePreferences();
  const [isOpen, setOpen] = useState(false);
  const connection = useConnection();
  const stepMs = { cycle: Math.round((cycleS ?? usualCycleS) * 1000), '5min': 5 * minuteMs, hour: hourMs, day: dayMs }[preferences.step];
  const stepWord = steps.find(([name]) => name === preferences.step)![1];
  const goLive = () => {
    if (!range.isLive) {
      state.togglePause();
    }
  };

  useKeys([
    { keys: 'Space', does: 'Stop the time, or follow it again', group: 'Time', run: state.togglePause },
    { keys: 'ArrowLeft', does: `Step back (${stepWord})`, group: 'Time', run: () => state.step(-stepMs) },
    { keys: 'ArrowRight', does: `Step forward (${stepWord})`, group: 'Time', run: () => state.step(stepMs) },
    { keys: 'Shift+ArrowLeft', does: 'A day back', group: 'Time', run: () => state.step(-dayMs) },
    { keys: 'Shift+ArrowRight', does: 'A day forward', group: 'Time', run: () => state.step(dayMs) },
    { keys: 'l', does: 'Live', group: 'Time', run: goLive },
  ]);

  return (
    <div class="scrubber" role="group" aria-label="Time shown">
      <div class="scrubber-row">
        <Button class="scrubber-live" icon={range.isLive ? 'pause' : 'play'} onClick={state.togglePause} title={range.isLive ? 'Stop the time (space)' : 'Follow the time again (space)'}>
          {range.isLive ? 'Live' : 'Paused'}
        </Button>
        {range.isLive && connection.state === 'lost' && <Badge tone="bad">connection lost</Badge>}
        <button type="button" class="button scrubber-range numbers" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} title="Type times">
          <RangeWords state={state} zone={zone} />
        </button>
        <div class="button-group no-print" role="group" aria-label="Step">
          <Button icon="farLeft" label="A day back (shift ←)" onClick={() => state.step(-dayMs)} />
          <Button icon="left" label={`${stepWord} back (←)`} onClick={() => state.step(-stepMs)} />
          <select class="input scrubber-step" aria-label="Step by" value={preferences.step} onChange={e => change({ step: e.currentTarget.value as Preferences['step'] })}>
            {steps.map(([name, word]) => <option key={name} value={name}>{word}</option>)}
          </select>
          <Button icon="right" label={`${stepWord} forward (→)`} onClick={() => state.step(stepMs)} />
          <Button icon="farRight" label="A day forward (shift →)" onClick={() => state.step(dayMs)} />
        </div>
        <div class="button-group scrubber-quick no-print" role="group" aria-label="Length, until now">
          {quick.map(([text, word]) => <Button key={text} pressed={range.text === text} onClick={() => state.setRelative(text)}>{word}</Button>)}
        </div>
        {compares && (
          <label class="check no-print">
            <input type="checkbox" checked={days !== null} onChange={e => setDays(e.currentTarget.checked ? 7 : null)} />
            Compare with {days === null || days === 7 ? 'last week' : `${days} d before`}
          </label>
        )}
      </div>
      {isOpen && <TypedTimes state={state} zone={zone} onDone={() => setOpen(false)} />}
      <Track state={state} zone={zone} />
    </div>
  );
}

function RangeWords({ state: { range }, zone }: { state: RangeState; zone: string }): JSX.Element {
  const { startMs, endMs } = range;
  const clock = endMs - startMs < 10 * minuteMs ? clockSecondsOf : clockOf;
  const isOneDay = dayOf(startMs, zone) === dayOf(endMs - 1, zone);
  return (
    <>
      {dayOf(startMs, zone)} {clock(startMs, zone)} – {!isOneDay && `${dayOf(endMs, zone)} `}{clock(endMs, zone)}
      <span class="muted"> {formatTime(startMs, zone, { timeZoneName: 'short' }).split(', ').pop()} · {lengthOf(endMs - startMs)}</span>
    </>
  );
}

function TypedTimes({ state, zone, onDone }: { state: RangeState; zone: string; onDone(): void }): JSX.Element {
  const [from, setFrom] = useState(momentText(state.range.startMs, zone).slice(0, 19));
  const [to, setTo] = useState(momentText(state.range.endMs, zone).slice(0, 19));
  const [error, setError] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const show = (event: Event) => {
    event.preventDefault();
    const startMs = parseMoment(from, zone);
    const endMs = parseMoment(to, zone);
    if (startMs === null || endMs === null) {
      setError('Both times are needed, with day and time.');
    } else if (endMs <= startMs) {
      setError('The end must be after the start.');
    } else if (endMs - startMs > longestMs + hourMs) {
      setError(`At most 31 days are shown at once; this is ${Math.ceil((endMs - startMs) / dayMs)} days.`);
    } else {
      state.setFixed(startMs, endMs);
      onDone();
    }
  };
  const wholeDay = (back: number) => {
    const start = addDays(startOfDay(nowMs(), zone), -back, zone);
    state.setFixed(start, addDays(start, 1, zone));
    onDone();
  };

  return (
    <form class="scrubber-typed no-print" onSubmit={show}>
      <label>From <input ref={first} class="input" type="datetime-local" step="1" value={from} onInput={e => setFrom(e.currentTarget.value)} aria-invalid={error ? 'true' : undefined} /></label>
      <label>to <input class="input" type="datetime-local" step="1" value={to} onInput={e => setTo(e.currentTarget.value)} aria-invalid={error ? 'true' : undefined} aria-describedby={error ? 'scrubber-error' : undefined} /></label>
      <Button kind="main" type="submit">Show</Button>
      <Button onClick={() => wholeDay(0)}>Today</Button>
      <Button onClick={() => wholeDay(1)}>Yesterday</Button>
      <span class="muted">{zone.replace(/_/g, ' ')} time</span>
      {error && <span class="field-error" id="scrubber-error" role="alert">{error}</span>}
    </form>
  );
}

/** The days around the shown time, and the shown time in them: drag it or its ends, click elsewhere to go there, or use its arrow keys. */
function Track({ state, zone }: { state: RangeState; zone: string }): JSX.Element {
  const { range } = state;
  const now = useNow();
  const bar = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ part: 'whole' | 'start' | 'end'; fromMs: number; startMs: number; endMs: number; at: { startMs: number; endMs: number } } | null>(null);
  const length = range.endMs - range.startMs;
  const around = trackOf(range, Math.floor(now / minuteMs) * minuteMs, zone);
  const shown = drag?.at ?? range;
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - around.startMs) / (around.endMs - around.startMs)));
  const timeAt = (event: PointerEvent) => {
    const box = bar.current!.getBoundingClientRect();
    return around.startMs + ((event.clientX - box.left) / box.width) * (around.endMs - around.startMs);
  };
  const grain = length <= 10 * minuteMs ? 1000 : minuteMs;
  const snap = (ms: number) => Math.round(ms / grain) * grain;
  const least = Math.max(grain, Math.min(5000, length));

  const begin = (part: 'whole' | 'start' | 'end') => (event: PointerEvent) => {
    if (event.button !== 0) {
      return;
    }

    event.preventDefault();
    event.stopPropagation();
    bar.current!.setPointerCapture(event.pointerId);
    setDrag({ part, fromMs: timeAt(event), startMs: range.startMs, endMs: range.endMs, at: range });
  };
  const move = (event: PointerEvent) => {
    if (drag) {
      const by = timeAt(event) - drag.fromMs;
      setDrag({
        ...drag,
        at: {
          startMs: drag.part === 'end' ? drag.startMs : Math.min(snap(drag.startMs + by), drag.part === 'start' ? drag.endMs - least : Infinity),
          endMs: drag.part === 'start' ? drag.endMs : Math.max(snap(drag.endMs + by), drag.part === 'end' ? drag.startMs + least : -Infinity),
        },
      });
    }
  };
  const end = () => {
    if (drag) {
      setDrag(null);
      if (drag.at.startMs !== range.startMs || drag.at.endMs !== range.endMs) {
        state.setFixed(drag.at.startMs, drag.at.endMs);
      }
    }
  };
  const jump = (event: PointerEvent) => {
    if (event.button === 0) {
      const middle = snap(timeAt(event));
      state.setFixed(middle - length / 2, middle + length / 2);
    }
  };
  const onKey = (event: KeyboardEvent) => {
    const by = event.shiftKey ? dayMs : length / 4;
    const dir = event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? -1 : event.key === 'ArrowRight' || event.key === 'ArrowUp' ? 1 : 0;
    if (dir !== 0) {
      event.preventDefault();
      state.step(dir * Math.max(grain, snap(by)));
    }
  };

  return (
    <div ref={bar} class="track no-print" onPointerDown={jump} onPointerMove={move} onPointerUp={end} onPointerCancel={() => setDrag(null)}>
      <span class="track-future" style={{ left: `${share(now) * 100}%` }} />
      {around.ticks.map(tick => (
        <span key={tick.ms} class={`track-tick${tick.isDay ? ' is-day' : ''}`} style={{ left: `${share(tick.ms) * 100}%` }}>{tick.text}</span>
      ))}
      <div
        class="track-window"
        role="slider"
        tabIndex={0}
        aria-label="Shown time"
        aria-valuemin={Math.round(around.startMs / 1000)}
        aria-valuemax={Math.round(around.endMs / 1000)}
        aria-valuenow={Math.round(shown.startMs / 1000)}
        aria-valuetext={`${dayOf(shown.startMs, zone)} ${clockOf(shown.startMs, zone)} to ${dayOf(shown.endMs, zone)} ${clockOf(shown.endMs, zone)}`}
        style={{ left: `${share(shown.startMs) * 100}%`, width: `${(share(shown.endMs) - share(shown.startMs)) * 100}%` }}
        onPointerDown={begin('whole')}
        onKeyDown={onKey}
      >
        <span class="track-edge is-start" onPointerDown={begin('start')} />
        <span class="track-edge is-end" onPointerDown={begin('end')} />
      </div>
    </div>
  );
}

/** The time that the bar spans: whole days around the shown time, at least three and about four times as long, and not far past now; with its ticks. */
export function trackOf(range: { startMs: number; endMs: number }, now: number, zone: string): { startMs: number; endMs: number; ticks: { ms: number; text: string; isDay: boolean }[] } {
  const length = range.endMs - range.startMs;
  const days = Math.max(2, Math.ceil((length / dayMs) * 3));
  const lastDay = addDays(startOfDay(Math.max(range.endMs - 1, Math.min(now, range.endMs + (days / 2) * dayMs)), zone), 1, zone);
  const startMs = addDays(lastDay, -days - (length > dayMs ? 1 : 0), zone) > range.startMs ? startOfDay(range.startMs, zone) : addDays(lastDay, -days, zone);
  const first = Math.min(startMs, startOfDay(range.startMs, zone));
  const ticks: { ms: number; text: string; isDay: boolean }[] = [];
  const count = Math.round((lastDay - first) / dayMs);
  const every = Math.ceil(count / 14);
  for (let day = first, i = 0; day < lastDay; day = addDays(day, 1, zone), i++) {
    if (i % every === 0) {
      ticks.push({ ms: day, text: dayOf(day, zone), isDay: true });
    }

    if (count <= 4) {
      for (const hour of [6, 12, 18]) {
        ticks.push({ ms: day + hour * hourMs, text: clockOf(day + hour * hourMs, zone), isDay: false });
      }
    }
  }

  return { startMs: first, endMs: lastDay, ticks };
}
