import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getJson, sendJson } from '../../api/client';
import { useCity, useNow, useSignals } from '../../state/live';
import { useLoad } from '../../state/load';
import { useMay } from '../../state/session';
import { Link, useUrlState } from '../../state/url';
import { clockOf, lengthOf } from '../../state/zone';
import { Badge, Button, DataTable, Dialog, Empty, Failure, Icon, Panel, shareText, type BadgeTone, type TableColumn } from '../../ui';
import {
  fewVehicles, isSure, pauseWords, ringsOf, shareChange, spreadText,
  type AdaptiveAnswer, type AdaptiveBars, type AdaptiveBarsAnswer, type AdaptiveChange, type AdaptiveMode, type AdaptivePair, type AdaptiveSignal, type AdaptiveTrial,
} from './answers';
import { Bars } from './Bars';
import '../signals/chips.css';
import './adaptive.css';

const lookMs = 2000;

const modeWords: Record<AdaptiveMode, { name: string; tone: BadgeTone; says: string }> = {
  off: { name: 'Off', tone: 'plain', says: 'Nobody looks on. Both copies of the town run their plans.' },
  shadow: { name: 'Shadow', tone: 'info', says: 'It looks on and says what it would do; nothing is asked of the town’s cabinets. A second copy of the town, with the same vehicles from outside, runs under it.' },
  live: { name: 'Live in the town', tone: 'warn', says: 'The town’s cabinets run free, and hold and end their greens as it asks. The second copy of the town runs the plan.' },
};

/** Plan against adaptive control, side by side, in the made-up town; elsewhere what it takes. */
export default function AdaptivePage(): JSX.Element {
  const loaded = useLoad('adaptive', signal => getJson<AdaptiveAnswer>('/adaptive', { signal }));
  useEffect(() => {
    const timer = setTimeout(loaded.reload, loaded.data?.isTown === false ? 30 * lookMs : lookMs);
    return () => clearTimeout(timer);
  }, [loaded.atMs, loaded.error]);
  const answer = loaded.data;
  return (
    <main class="page" id="main" aria-busy={answer || loaded.error ? undefined : 'true'}>
      <div class="page-head">
        <h1>Adaptive control</h1>
        {answer && <Badge tone={modeWords[answer.mode].tone}>{answer.isTown ? modeWords[answer.mode].name : 'Off'}</Badge>}
        <p>Plan against adaptive, with the same vehicles and walkers from outside.</p>
      </div>
      {loaded.error && !answer && <Failure error={loaded.error} onRetry={loaded.reload} />}
      {answer && (answer.isTown ? <Town answer={answer} onChanged={loaded.reload} /> : <City days={answer.cleanDaysNeeded} />)}
    </main>
  );
}

/** A real city: nothing runs, and what it would take. */
function City({ days }: { days: number }): JSX.Element {
  return (
    <Panel title="Nothing runs here">
      <p>This server reads signals and commands none. What it takes before adaptive control may ask anything of a signal on a street:</p>
      <ol class="adaptive-needs">
        <li><strong>Detectors.</strong> Counts of vehicles in zones before the stop lines, every second, and the controller’s own state.</li>
        <li><strong>Facts of the field</strong> for each signal: phases, intervals, crossings, conflicts, as an engineer has stated and measured them. The guard refuses without them.</li>
        <li><strong>The sender</strong>: a program of its own, on a machine and under an account of its own, that a person starts. Nothing that is installed by default has a way to a cabinet.</li>
        <li><strong>{days} clean days in shadow</strong> for each signal: it looks on, says what it would do, and sends nothing.</li>
      </ol>
      <p class="muted">In the made-up town of the demonstration it can be seen at work without any of this.</p>
    </Panel>
  );
}

function Town({ answer, onChanged }: { answer: AdaptiveAnswer; onChanged(): void }): JSX.Element {
  const zone = useCity()?.zone ?? 'UTC';
  const [chosen, setChosen] = useUrlState('period', '');
  const period = answer.trial.periods.find(p => p.name === chosen) ?? answer.trial.periods.find(p => p.runs > 0);
  return (
    <>
      <Mode mode={answer.mode} onChanged={onChanged} />
      <Streets answer={answer} zone={zone} />
      <Trial trial={answer.trial} chosen={period?.name ?? ''} onChoose={name => setChosen(name, 'push')} onChanged={onChanged} />
      <Signals answer={answer} zone={zone} changes={period?.signals ?? []} runs={period?.runs ?? 0} periodName={period?.name ?? ''} />
    </>
  );
}

function Mode({ mode, onChanged }: { mode: AdaptiveMode; onChanged(): void }): JSX.Element {
  const mayOperate = useMay('operate');
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const set = (next: AdaptiveMode) => {
    setAsking(false);
    setError(null);
    sendJson('POST', '/adaptive/mode', { mode: next }).then(onChanged, setError);
  };
  return (
    <div class="adaptive-mode">
      {mayOperate && (
        <div class="adaptive-modes" role="group" aria-label="What it may do">
          {(['off', 'shadow', 'live'] as const).map(m => (
            <button key={m} type="button" class="chip" aria-pressed={m === mode} onClick={() => (m === mode ? undefined : m === 'live' ? setAsking(true) : set(m))}>{modeWords[m].name}{m === 'live' && m !== mode && '…'}</button>
          ))}
        </div>
      )}
      <p class="muted">{modeWords[mode].says}</p>
      {error && <Failure error={error} />}
      {isAsking && (
        <Dialog title="Let it run the town" onClose={() => setAsking(false)} foot={<><Button onClick={() => setAsking(false)}>Cancel</Button><Button kind="main" onClick={() => set('live')}>Run the town</Button></>}>
          <p>The town’s cabinets are asked to run free, to hold greens and to end them. Minimums, walks, clearances and the order of phases stay theirs, and the guard looks at every word first. The logs, findings and measures of the town will show it.</p>
          <p>On a street this needs seven clean days in shadow for each signal. The town is made up, so nobody waits for it.</p>
        </Dialog>
      )}
    </div>
  );
}

/** Two figures, plan and adaptive. */
function Two({ plan, adaptive, digits = 0, unit = '' }: { plan: number | null; adaptive: number | null; digits?: number; unit?: string }): JSX.Element {
  const text = (value: number | null) => (value === null ? '–' : value.toFixed(digits));
  if (plan === null && adaptive === null) {
    return <span class="missing">–</span>;
  }

  return <span class="numbers nowrap">{text(plan)} → <strong>{text(adaptive)}</strong>{unit}</span>;
}

function Change({ pair }: { pair: AdaptivePair }): JSX.Element {
  const { plan, adaptive } = pair;
  if (plan.delayS === null || adaptive.delayS === null || plan.delayS === 0 || Math.min(plan.vehicles, adaptive.vehicles) < fewVehicles) {
    return <span class="missing nowrap">too few yet</span>;
  }

  return <ChangeMark change={adaptive.delayS / plan.delayS - 1}>{shareChange(adaptive.delayS / plan.delayS - 1)}</ChangeMark>;
}

function ChangeMark({ change, children }: { change: number; children: ComponentChildren }): JSX.Element {
  return <strong class={`adaptive-change${change < -0.005 ? ' is-better' : change > 0.005 ? ' is-worse' : ''}`}>{children}</strong>;
}

function Streets({ answer, zone }: { answer: AdaptiveAnswer; zone: string }): JSX.Element {
  const city = useCity();
  const now = useNow();
  const rows = answer.total === null ? [] : [{ corridor: '', figures: answer.total }, ...answer.streets];
  const columns: TableColumn<{ corridor: string; figures: AdaptivePair }>[] = [
    {
      key: 'name', title: 'Street', isHead: true, isWide: true, value: r => r.corridor,
      cell: r => (r.corridor === '' ? 'All signals' : <Link href={`/corridors/${encodeURIComponent(r.corridor)}`}>{city?.corridors.find(c => c.id === r.corridor)?.name || r.corridor}</Link>),
    },
    { key: 'change', title: 'Change', hint: 'Of delay for each crossing, against the plan', align: 'right', value: r => changeOf(r.figures), cell: r => <Change pair={r.figures} /> },
    { key: 'delay', title: 'Delay', unit: 's/veh', hint: 'For each crossing of a stop bar: plan, then adaptive', align: 'right', value: r => r.figures.adaptive.delayS, cell: r => <Two plan={r.figures.plan.delayS} adaptive={r.figures.adaptive.delayS} digits={1} /> },
    { key: 'stops', title: 'Stops', unit: 'in 100', align: 'right', value: r => r.figures.adaptive.stops, cell: r => <Two plan={hundred(r.figures.plan.stops)} adaptive={hundred(r.figures.adaptive.stops)} /> },
    { key: 'walk', title: 'Walkers wait', unit: 's', hint: 'From the call to the walk, mean', align: 'right', value: r => r.figures.adaptive.walkWaitS, cell: r => <Two plan={r.figures.plan.walkWaitS} adaptive={r.figures.adaptive.walkWaitS} /> },
    { key: 'red', title: 'Longest red', unit: 's', hint: 'For which a vehicle was seen to wait', align: 'right', value: r => r.figures.adaptive.longestRedS, cell: r => <Two plan={r.figures.plan.longestRedS} adaptive={r.figures.adaptive.longestRedS} /> },
    { key: 'vehicles', title: 'Crossings', align: 'right', value: r => r.figures.adaptive.vehicles, cell: r => <Two plan={r.figures.plan.vehicles} adaptive={r.figures.adaptive.vehicles} /> },
  ];
  return (
    <Panel
      title="Plan against adaptive, now" flush ageMs={answer.atMs === null ? null : Math.max(0, now - answer.atMs)}
      subtitle={answer.sinceMs === null ? undefined : `since ${clockOf(answer.sinceMs, zone)}, for ${lengthOf(Math.max(0, (answer.atMs ?? 0) - answer.sinceMs))}`}
      note={answer.mode === 'off' ? 'While it is off both run the plan: they differ only by what they were before.'
        : `First the plan, then adaptive. The simulation itself counts, all of the time, and what it knows of single vehicles stays in it.${answer.secondMs === null ? '' : ` Deciding takes ${answer.secondMs.toFixed(2)} ms by the clock for a signal and second.`}`}
    >
      {answer.isRunning
        ? <DataTable columns={columns} rows={rows} caption="Delay, stops and waits by street, under the plan and under adaptive control" rowKey={r => r.corridor} />
        : <Empty title="The second copy of the town is on its way">It drives through the town’s past days first, so that both begin alike. That takes about half a minute.</Empty>}
    </Panel>
  );
}

function hundred(share: number | null): number | null {
  return share === null ? null : 100 * share;
}

function changeOf({ plan, adaptive }: AdaptivePair): number | null {
  return plan.delayS === null || adaptive.delayS === null || plan.delayS === 0 ? null : adaptive.delayS / plan.delayS - 1;
}

function Trial({ trial, chosen, onChoose, onChanged }: { trial: AdaptiveTrial; chosen: string; onChoose(name: string): void; onChanged(): void }): JSX.Element {
  const city = useCity();
  const mayOperate = useMay('operate');
  const [error, setError] = useState<Error | null>(null);
  const isBusy = trial.state === 'running' || trial.state === 'waiting';
  const period = trial.periods.find(p => p.name === chosen);
  const columns: TableColumn<AdaptiveTrial['periods'][number]>[] = [
    { key: 'name', title: 'Hour', isHead: true, value: p => p.name, cell: p => <button type="button" class="hour-button" aria-pressed={p.name === chosen} onClick={() => onChoose(p.name)}>{p.name}</button> },
    { key: 'change', title: 'Change', hint: 'Of delay, against the plan: mean and standard deviation over the runs', align: 'right', value: p => p.all?.change ?? null, cell: p => (p.all ? <ChangeMark change={p.all.change}>{spreadText(p.all)}</ChangeMark> : <span class="missing">–</span>) },
    { key: 'delay', title: 'Delay', unit: 's/veh', align: 'right', value: p => p.all?.adaptiveS ?? null, cell: p => <Two plan={p.all?.planS ?? null} adaptive={p.all?.adaptiveS ?? null} digits={1} /> },
    { key: 'stops', title: 'Stops', unit: 'in 100', align: 'right', value: p => p.figures?.adaptive.stops ?? null, cell: p => <Two plan={hundred(p.figures?.plan.stops ?? null)} adaptive={hundred(p.figures?.adaptive.stops ?? null)} /> },
    { key: 'walk', title: 'Walkers wait', unit: 's', align: 'right', value: p => p.figures?.adaptive.walkWaitS ?? null, cell: p => <Two plan={p.figures?.plan.walkWaitS ?? null} adaptive={p.figures?.adaptive.walkWaitS ?? null} /> },
    { key: 'red', title: 'Longest red', unit: 's', align: 'right', value: p => p.figures?.adaptive.longestRedS ?? null, cell: p => <Two plan={p.figures?.plan.longestRedS ?? null} adaptive={p.figures?.adaptive.longestRedS ?? null} /> },
    { key: 'runs', title: 'Runs', align: 'right', value: p => p.runs },
  ];
  const streetColumns: TableColumn<AdaptiveChange>[] = [
    { key: 'name', title: 'Street', isHead: true, isWide: true, value: c => c.name, cell: c => <Link href={`/corridors/${encodeURIComponent(c.name)}`}>{city?.corridors.find(k => k.id === c.name)?.name || c.name}</Link> },
    { key: 'change', title: 'Change', hint: 'Of delay, against the plan', align: 'right', value: c => c.change, cell: c => <ChangeMark change={c.change}>{spreadText(c)}</ChangeMark> },
    { key: 'delay', title: 'Delay', unit: 's/veh', align: 'right', value: c => c.adaptiveS, cell: c => <Two plan={c.planS} adaptive={c.adaptiveS} digits={1} /> },
  ];
  return (
    <Panel
      title="Tried on the town’s past day" flush
      subtitle={trial.day === '' ? undefined : `${trial.day}, ${trial.runsOfEach} runs of each hour, each with vehicles of its own`}
      actions={mayOperate ? <Button disabled={isBusy} onClick={() => sendJson('POST', '/adaptive/trial').then(onChanged, setError)}>{trial.state === 'done' ? 'Try again' : 'Try it'}</Button> : undefined}
      note={trial.periods.length > 0 ? 'The same hour under the plan and under adaptive control, with the same vehicles and walkers from outside. Mean over the runs, ± their standard deviation; longest of all runs for reds.' : undefined}
    >
      {error && <Failure error={error} />}
      {isBusy && (
        <div class="adaptive-progress" role="status">
          <progress max={100} value={Math.round(100 * trial.share)} aria-label="How much of the trial is done" />
          <span class="muted">{Math.round(100 * trial.share)} % tried{trial.tookS > 0 && `, for ${lengthOf(1000 * trial.tookS)}`}</span>
        </div>
      )}
      {trial.periods.length === 0
        ? !isBusy && <Empty title="Nothing was tried yet">It begins by itself once the study of retiming has ended.</Empty>
        : <DataTable columns={columns} rows={trial.periods} caption="Hours of the past day under the plan and under adaptive control" rowKey={p => p.name} isSelected={p => p.name === chosen} />}
      {period && period.corridors.length > 0 && (
        <details class="adaptive-more">
          <summary>Streets, {period.name}</summary>
          <DataTable columns={streetColumns} rows={period.corridors} caption={`Streets in the trial of ${period.name}`} rowKey={c => c.name} />
        </details>
      )}
    </Panel>
  );
}

function Signals({ answer, zone, changes, runs, periodName }: { answer: AdaptiveAnswer; zone: string; changes: readonly AdaptiveChange[]; runs: number; periodName: string }): JSX.Element {
  const bars = useLoad(answer.isRunning ? 'adaptive bars' : null, signal => getJson<AdaptiveBarsAnswer>('/adaptive/bars', { signal }));
  useEffect(() => {
    const timer = setTimeout(bars.reload, lookMs);
    return () => clearTimeout(timer);
  }, [bars.atMs, bars.error]);
  const names = new Map(useSignals().map(s => [s.id, s.name]));
  const drawn = bars.data;
  return (
    <Panel
      title="Signal by signal" subtitle={drawn?.atMs ? `${clockOf(drawn.fromMs, zone)} to ${clockOf(drawn.atMs, zone)}` : undefined} flush loading={bars.isLoading && !drawn} error={drawn ? null : bars.error} onRetry={bars.reload}
      note="A line is a ring: a block for each green with its phase, yellow behind it, empty while it is red, hatched before anything was logged. Coordinated phases have a heavy edge. Both bars of a signal have one scale, and end now."
    >
      {!answer.isRunning && <Empty title="Not yet">Bars are drawn as soon as both copies of the town run.</Empty>}
      <ul class="adaptive-signals">
        {answer.signals.map(s => (
          <Signal key={s.signal} signal={s} name={names.get(s.signal) ?? ''} bars={drawn?.signals.find(b => b.signal === s.signal)} fromMs={drawn?.fromMs ?? 0} atMs={drawn?.atMs ?? 0}
            mode={answer.mode} change={changes.find(c => c.name === s.signal)} runs={runs} periodName={periodName} />
        ))}
      </ul>
    </Panel>
  );
}

interface SignalProps {
  signal: AdaptiveSignal;
  name: string;
  bars: AdaptiveBars | undefined;
  fromMs: number;
  atMs: number;
  mode: AdaptiveMode;
  change: AdaptiveChange | undefined;
  runs: number;
  periodName: string;
}

function Signal({ signal: s, name, bars, fromMs, atMs, mode, change, runs, periodName }: SignalProps): JSX.Element {
  const rings = bars ? ringsOf(bars) : [];
  return (
    <li class="adaptive-signal">
      <div class="adaptive-signal-head">
        <Link href={`/signals/${encodeURIComponent(s.signal)}`}><strong>{s.signal}</strong> {name}</Link>
        <Change pair={s.figures} />
      </div>
      {bars && (
        <div class="adaptive-bars">
          <span class="rings-word">Plan</span><Bars greens={bars.plan} rings={rings} coordinated={bars.coordinated} fromMs={fromMs} atMs={atMs} label={`Signal ${s.signal} under the plan`} />
          <span class="rings-word">Adaptive</span><Bars greens={bars.adaptive} rings={rings} coordinated={bars.coordinated} fromMs={fromMs} atMs={atMs} label={`Signal ${s.signal} under adaptive control`} />
        </div>
      )}
      <dl class="adaptive-figures">
        <div><dt>Delay</dt><dd><Two plan={s.figures.plan.delayS} adaptive={s.figures.adaptive.delayS} digits={1} unit=" s" /></dd></div>
        {change && <div><dt>Tried {periodName}</dt><dd><ChangeMark change={change.change}>{spreadText(change)}</ChangeMark>{runs > 1 && !isSure(change, runs) && <span class="muted"> no difference shown</span>}</dd></div>}
        <div><dt>Longest red</dt><dd><Two plan={s.figures.plan.longestRedS} adaptive={s.figures.adaptive.longestRedS} unit=" s" /></dd></div>
      </dl>
      <p class="adaptive-says">
        {mode === 'shadow' && (s.wish ? <>Would now {s.wish}. </> : <span class="muted">Waits for the change to end. </span>)}
        {s.pause && <Badge tone="warn">{pauseWords[s.pause]}</Badge>}
        {s.pauses > 0 && <span class="muted"><Icon name="info" size={14} /> left to its own plan {s.pauses === 1 ? 'once' : `${s.pauses} times`}, {shareText(s.pausedShare)} of the time. </span>}
        {s.refused > 0 && <span class="muted">The guard refused {s.refused}. </span>}
      </p>
    </li>
  );
}
