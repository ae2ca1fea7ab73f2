import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { apiRoot, getJson } from '../../api/client';
import { capital } from '../../charts/words';
import { useCity, useNow } from '../../state/live';
import { useLoad } from '../../state/load';
import { Link, useRoute, useUrlState } from '../../state/url';
import { lengthOf, momentOf } from '../../state/zone';
import { Badge, DataTable, Empty, Failure, Icon, Panel, shareText, type TableColumn } from '../../ui';
import {
  assumedText, changeText, factWord, fileWords, fixed, joined, round, splitsOf, stateTones, stateWords, totalOf,
  type RetimingApproach, type RetimingDetail, type RetimingPeriod, type RetimingPeriodFigures, type RetimingRefusal, type RetimingSignal,
} from './answers';
import { Rings } from './Rings';
import { Steps } from './Steps';
import '../signals/chips.css';
import './retiming.css';

/** One proposal: what changes and why, what it is expected to do and did, what it rests on, and the steps of two people. */
export default function RetimingPage(): JSX.Element {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const city = useCity();
  const zone = city?.zone ?? 'UTC';
  const loaded = useLoad(`retiming ${id}`, signal => getJson<RetimingDetail>(`/retimings/${encodeURIComponent(id)}`, { signal }), id);
  const detail = loaded.data;
  const name = detail ? (detail.proposal.corridor === '' ? 'All signals' : city?.corridors.find(c => c.id === detail.proposal.corridor)?.name || detail.proposal.corridor) : '';
  useEffect(() => {
    document.title = `Retiming proposal ${id} · Crosstown`;
  }, [id]);
  return (
    <main class="page" id="main" aria-busy={detail || loaded.error ? undefined : 'true'}>
      <div class="page-head">
        <h1>Retiming proposal {id}</h1>
        {detail && <Badge tone={stateTones[detail.proposal.state]}>{stateWords[detail.proposal.state]}</Badge>}
        {detail && <p>{name}, {momentOf(detail.proposal.madeMs, zone)}: {detail.proposal.summary.retimed} of {detail.proposal.summary.signals} signals change.</p>}
        <div class="page-actions"><Link class="button" href="/retiming">All proposals</Link></div>
      </div>
      {loaded.error && <Failure error={loaded.error} onRetry={loaded.reload} />}
      {detail && <Whole detail={detail} zone={zone} onChanged={loaded.reload} />}
    </main>
  );
}

function Whole({ detail, zone, onChanged }: { detail: RetimingDetail; zone: string; onChanged(): void }): JSX.Element {
  const { content } = detail;
  // At first the period that gains most: that is where a person looks.
  const most = content.periods.reduce((a, b) => (gainOf(b.figures) > gainOf(a.figures) ? b : a), content.periods[0]!);
  const [chosen, setChosen] = useUrlState('period', most.figures.name);
  const period = content.periods.find(p => p.figures.name === chosen) ?? most;
  const utdf = `utdf-${content.periods.indexOf(period) + 1}.csv`;
  return (
    <>
      <Steps detail={detail} zone={zone} onDone={onChanged} />
      <div class="retiming-pair">
        <Expected detail={detail} chosen={period.figures.name} onChoose={name => setChosen(name, 'push')} />
        <div class="retiming-side">
          <Measured detail={detail} zone={zone} />
          <Files detail={detail} />
        </div>
      </div>
      <Panel title="Period" subtitle={period.figures.pattern === null ? 'not searched' : `pattern ${period.figures.pattern} for ${period.figures.retimed} ${period.figures.retimed === 1 ? 'signal' : 'signals'}${period.figures.isComplete ? '' : '; the search was cut off'}`}
        actions={detail.files.some(f => f.name === utdf) ? <a class="button" href={`${apiRoot}/retimings/${detail.proposal.id}/files/${utdf}`} download={`retiming-${detail.proposal.id}-${utdf}`}><Icon name="download" />This period as UTDF</a> : undefined}
      >
        <div class="retiming-periods" role="group" aria-label="Period">
          {content.periods.map(p => (
            <button key={p.figures.name} type="button" class="chip" aria-pressed={p === period} onClick={() => setChosen(p.figures.name, 'push')}>
              {capital(p.figures.name)} <strong class="numbers">{p.figures.retimed === 0 ? 'stays' : changeText(p.figures.delayToday, p.figures.delayPlan)}</strong>
            </button>
          ))}
        </div>
      </Panel>
      <Signals period={period} />
      <Approaches period={period} />
      <Drawings detail={detail} period={period} />
      <Refusals detail={detail} period={period} />
      <Basis detail={detail} />
    </>
  );
}

function gainOf(figures: RetimingPeriodFigures): number {
  return (figures.delayToday ?? 0) - (figures.delayPlan ?? 0);
}

/** Before and after in a cell each, and the change in words with its sign. */
function Change({ before, after }: { before: number | null; after: number | null }): JSX.Element {
  const text = changeText(before, after);
  const tone = before === null || after === null || text === '±0 %' ? '' : after < before ? ' is-better' : ' is-worse';
  return text === null ? <span class="missing">–</span> : <span class={`change${tone}`}>{text}</span>;
}

function Expected({ detail, chosen, onChoose }: { detail: RetimingDetail; chosen: string; onChoose(name: string): void }): JSX.Element {
  const { periods } = detail.proposal.summary;
  const number = (value: number | null, digits = 1) => (value === null ? <span class="missing">–</span> : fixed(value, digits));
  const columns: TableColumn<RetimingPeriodFigures>[] = [
    { key: 'name', title: 'Period', isHead: true, value: p => p.name, cell: p => <button type="button" class="link-button" aria-pressed={p.name === chosen} onClick={() => onChoose(p.name)}>{capital(p.name)}</button> },
    { key: 'change', title: 'Delay', hint: 'Change of delay', align: 'right', value: p => (p.delayToday && p.delayPlan !== null ? p.delayPlan / p.delayToday : null), cell: p => <Change before={p.delayToday} after={p.delayPlan} /> },
    { key: 'stops', title: 'Stops', hint: 'Change of stops per hour', align: 'right', value: p => (p.stopsToday && p.stopsPlan !== null ? p.stopsPlan / p.stopsToday : null), cell: p => <Change before={p.stopsToday} after={p.stopsPlan} /> },
    { key: 'signals', title: 'Signals', hint: 'That change', align: 'right', value: p => p.retimed },
    { key: 'today', title: 'Delay today', unit: 'veh h/h', align: 'right', value: p => p.delayToday, cell: p => number(p.delayToday) },
    { key: 'plan', title: 'With the plan', unit: 'veh h/h', align: 'right', value: p => p.delayPlan, cell: p => number(p.delayPlan) },
  ];
  const [delayToday, delayPlan] = [totalOf(periods, p => p.delayToday), totalOf(periods, p => p.delayPlan)];
  const [stopsToday, stopsPlan] = [totalOf(periods, p => p.stopsToday), totalOf(periods, p => p.stopsPlan)];
  return (
    <Panel title="What it is expected to do" subtitle="by the model of cyclic flow profiles" flush note={`${detail.proposal.summary.source} The study took ${round(detail.proposal.summary.tookS, 0)} s.`}>
      {delayToday !== null && delayPlan !== null && (
        <p class="retiming-total">
          Delay <strong>{changeText(delayToday, delayPlan) ?? '–'}</strong>{stopsToday !== null && <>, stops <strong>{changeText(stopsToday, stopsPlan) ?? '–'}</strong></>} over all periods that were searched.
        </p>
      )}
      <DataTable columns={columns} rows={periods} caption="Delay and stops by period, today and with the plan" rowKey={p => p.name} isSelected={p => p.name === chosen} />
    </Panel>
  );
}

function Measured({ detail, zone }: { detail: RetimingDetail; zone: string }): JSX.Element {
  const { effect, fieldDay } = detail.proposal;
  const now = useNow();
  return (
    <Panel title="What was measured later" subtitle={effect ? `changed on ${effect.changed}` : undefined} ageMs={effect ? now - effect.atMs : null}>
      {!effect && (fieldDay
        ? <Empty title="Nothing is measured yet">The logs of the days before and after {fieldDay} are compared each night.</Empty>
        : <Empty title="Not in the field yet">Once people have changed the cabinets, the logs of the same weekdays before and after tell whether it worked.</Empty>)}
      {effect && (
        <ul class="retiming-effect">
          {effect.figures.map(f => (
            <li key={f.measure}>
              <Badge tone={f.verdict === 'better' ? 'good' : f.verdict === 'worse' ? 'bad' : 'plain'}>{f.verdict === 'better' ? 'better' : f.verdict === 'worse' ? 'worse' : f.verdict === 'too-few' ? 'too few days' : 'no difference shown'}</Badge>
              <p>{f.sentence}</p>
              {f.seenBefore !== null && f.seenAfter !== null && <span class="muted">The logs saw {shareText(f.seenBefore)} of the time before and {shareText(f.seenAfter)} of that after. Compared {momentOf(effect.atMs, zone)}.</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Files({ detail }: { detail: RetimingDetail }): JSX.Element {
  const known = Object.keys(fileWords).flatMap(name => detail.files.filter(f => f.name === name));
  return (
    <Panel title="To take home">
      <ul class="retiming-files">
        {known.map(f => (
          <li key={f.name}>
            <a href={`${apiRoot}/retimings/${detail.proposal.id}/files/${f.name}`} download={`retiming-${detail.proposal.id}-${f.name}`}><Icon name="download" />{fileWords[f.name]![0]}</a>
            <span class="muted">{fileWords[f.name]![1]} · {f.bytes < 10_000 ? '< 10' : Math.round(f.bytes / 1000).toLocaleString('en-US')} kB</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Signals({ period }: { period: RetimingPeriod }): JSX.Element {
  const changing = period.signals.filter(s => s.isRetimed);
  const staying = period.signals.filter(s => !s.isRetimed);
  return (
    <Panel title="Signals, today and with the plan" subtitle={`${changing.length} change, ${staying.length} stay as they are`} flush
      note={changing.length > 0 ? 'A bar is a ring along the cycle, from the begin of the first barrier group: a part for each phase with its split in seconds, the change interval hatched, coordinated phases with a heavy edge. Both bars of a signal have one scale.' : undefined}>
      {changing.length === 0 && <Empty title="No signal changes in this period">{period.figures.pattern === null ? 'It was not asked for, or no signal is coordinated in it.' : 'Today’s timing is as good as any plan that was found.'}</Empty>}
      <ul class="retiming-signals">{changing.map(s => <Signal key={s.signal} signal={s} />)}</ul>
      {staying.length > 0 && (
        <details class="retiming-more">
          <summary>{staying.length} signals that stay as they are</summary>
          <ul>{staying.map(s => <li key={s.signal}><Link href={`/signals/${encodeURIComponent(s.signal)}`}><strong>{s.signal}</strong> {s.name}</Link>: {s.today ? `pattern ${s.today.pattern}, cycle ${round(s.today.cycleS, 1)} s` : 'free'}. {s.today && <span class="muted">{s.why}</span>}</li>)}</ul>
        </details>
      )}
    </Panel>
  );
}

function Signal({ signal: s }: { signal: RetimingSignal }): JSX.Element {
  const scale = Math.max(s.today?.cycleS ?? 0, s.plan?.cycleS ?? 0, 1);
  const [before, after] = [splitsOf(s.today), splitsOf(s.plan)];
  const seconds = (value: number | undefined) => (value === undefined ? '–' : `${round(value, 1)} s`);
  const pair = (a: number | undefined, b: number | undefined) => (a === b ? seconds(b) : <><del>{seconds(a)}</del> <ins>{seconds(b)}</ins></>);
  const phases = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => a - b);
  return (
    <li class="retiming-signal">
      <div class="retiming-signal-head">
        <Link href={`/signals/${encodeURIComponent(s.signal)}`}><strong>{s.signal}</strong> {s.name}</Link>
        <dl>
          <div><dt>Pattern</dt><dd>{s.today ? <del>{s.today.pattern}</del> : <del>free</del>} <ins>{s.plan?.pattern ?? 'free'}</ins></dd></div>
          <div><dt>Cycle</dt><dd>{pair(s.today?.cycleS, s.plan?.cycleS)}</dd></div>
          <div><dt>Offset</dt><dd title={s.plan ? `to ${s.plan.offsetReference.replaceAll('-', ' ')}` : undefined}>{pair(s.today?.offsetS, s.plan?.offsetS)}</dd></div>
        </dl>
      </div>
      <div class="retiming-rings">
        <span class="rings-word">Today</span><Rings pattern={s.today} scaleS={scale} label={`Signal ${s.signal} today`} />
        <span class="rings-word">Plan</span><Rings pattern={s.plan} scaleS={scale} label={`Signal ${s.signal} with the plan`} />
      </div>
      {s.why && <p class="retiming-why">{s.why}</p>}
      <details>
        <summary>Splits of {s.signal} as a table</summary>
        <div class="table-frame scrolls-itself" tabIndex={0} role="region" aria-label={`Splits of ${s.signal}`}>
          <table class="table">
            <caption class="visually-hidden">Splits of signal {s.signal}, today and with the plan</caption>
            <thead><tr><th scope="col">Phase</th><th scope="col">Serves</th><th scope="col" class="is-right">Today</th><th scope="col" class="is-right">Plan</th><th scope="col" class="is-right">Yellow, red clearance</th></tr></thead>
            <tbody>
              {phases.map(p => {
                const [a, b] = [before.get(p), after.get(p)];
                return <tr key={p}><th scope="row">{p}</th><td>{(b ?? a)?.movement || <span class="missing">unknown</span>}</td><td class="is-right">{seconds(a?.splitS)}</td><td class="is-right">{a?.splitS === b?.splitS ? seconds(b?.splitS) : <strong>{seconds(b?.splitS)}</strong>}</td><td class="is-right">{seconds((b ?? a)?.yellowS)}, {seconds((b ?? a)?.redClearanceS)}{a && b && (a.yellowS !== b.yellowS || a.redClearanceS !== b.redClearanceS) && <strong> (today {seconds(a.yellowS)}, {seconds(a.redClearanceS)})</strong>}</td></tr>;
              })}
            </tbody>
          </table>
        </div>
      </details>
    </li>
  );
}

function Approaches({ period }: { period: RetimingPeriod }): JSX.Element | null {
  const retimed = new Set(period.signals.filter(s => s.isRetimed).map(s => s.signal));
  const rows = period.approaches.filter(a => retimed.has(a.signal));
  const number = (value: number | null, digits: number) => (value === null ? <span class="missing">–</span> : fixed(value, digits));
  const pair = (before: number | null, after: number | null, digits: number) => <>{number(before, digits)} → <strong>{number(after, digits)}</strong></>;
  const columns: TableColumn<RetimingApproach>[] = [
    { key: 'signal', title: 'Signal', isHead: true, value: a => a.signal },
    { key: 'approach', title: 'Approach', value: a => a.approach },
    { key: 'volume', title: 'Volume', unit: 'veh/h', align: 'right', value: a => Math.round(a.volumeVehPerHour) },
    { key: 'delay', title: 'Delay', unit: 's/veh', align: 'right', value: a => a.delayPlan, cell: a => pair(a.delayToday, a.delayPlan, 1) },
    { key: 'hours', title: 'Gain', unit: 'veh h/h', hint: 'Less delay of all its vehicles', align: 'right', value: a => gain(a), cell: a => (gain(a) === null ? <span class="missing">–</span> : <span class={`change ${gain(a)! >= 0 ? 'is-better' : 'is-worse'}`}>{gain(a)! < 0 ? '−' : ''}{fixed(Math.abs(gain(a)!), 2)}</span>) },
    { key: 'stops', title: 'Stops', unit: 'per 100', align: 'right', value: a => a.stopsPlan, cell: a => pair(percent(a.stopsToday), percent(a.stopsPlan), 0) },
    { key: 'saturation', title: 'Saturation', unit: '%', align: 'right', value: a => a.saturationPlan, cell: a => pair(percent(a.saturationToday), percent(a.saturationPlan), 0) },
    { key: 'queue', title: 'Queue', unit: 'veh', align: 'right', value: a => a.queuePlan, cell: a => pair(a.queueToday, a.queuePlan, 1) },
  ];
  return rows.length === 0 ? null : (
    <Panel title="Expected effect by approach" subtitle="signals that change; today → with the plan" flush>
      <DataTable columns={columns} rows={rows} caption="Expected effect by approach" rowKey={a => `${a.signal} ${a.approach}`} initialSort={{ key: 'hours', descending: true }} pageRows={20} />
    </Panel>
  );
}

const percent = (value: number | null): number | null => (value === null ? null : 100 * value);

function gain(a: RetimingApproach): number | null {
  return a.delayToday === null || a.delayPlan === null ? null : ((a.delayToday - a.delayPlan) * a.volumeVehPerHour) / 3600;
}

function Drawings({ detail, period }: { detail: RetimingDetail; period: RetimingPeriod }): JSX.Element | null {
  const own = detail.content.drawings.filter(d => d.period === period.figures.name);
  const [chosen, setChosen] = useUrlState('corridor', own[0]?.corridor ?? '');
  const drawing = own.find(d => d.corridor === chosen) ?? own[0];
  if (!drawing) {
    return null;
  }

  const address = (name: string) => `${apiRoot}/retimings/${detail.proposal.id}/files/${name}`;
  return (
    <Panel title="Time-space diagrams" subtitle={`${drawing.name}, ${period.figures.name}`} actions={
      <select class="input" aria-label="Corridor" value={drawing.corridor} onChange={e => setChosen(e.currentTarget.value)}>{own.map(d => <option key={d.corridor} value={d.corridor}>{d.name}</option>)}</select>
    }>
      <div class="retiming-drawings">
        {([['Today', drawing.today], ['With the plan', drawing.plan]] as const).map(([word, file]) => (
          <figure key={word}>
            <figcaption>{word} <a href={address(file)} download={`retiming-${detail.proposal.id}-${file}`}>as SVG</a></figcaption>
            <img src={address(file)} alt={`Time-space diagram of ${drawing.name}, ${period.figures.name}, ${word.toLowerCase()}: greens of both ways by distance and time. The timing itself stands in the tables above.`} loading="lazy" decoding="async" width={926} height={500} />
          </figure>
        ))}
      </div>
    </Panel>
  );
}

function Refusals({ detail, period }: { detail: RetimingDetail; period: RetimingPeriod }): JSX.Element | null {
  const rows = [...detail.content.withdrawn.map(r => ({ ...r, where: 'all periods' })), ...period.refusals.map(r => ({ ...r, where: 'this period' }))];
  const columns: TableColumn<RetimingRefusal & { where: string }>[] = [
    { key: 'signal', title: 'Signal', isHead: true, value: r => r.signal, cell: r => <Link href={`/signals/${encodeURIComponent(r.signal)}`}>{r.signal}</Link> },
    { key: 'part', title: 'What', value: r => r.part, cell: r => <span class="nowrap">{r.part}</span> },
    { key: 'message', title: 'Why it stays', isWide: true, value: r => r.message },
    { key: 'code', title: 'Code, rule', value: r => r.code, cell: r => <span class="muted nowrap">{[r.code, r.rule].filter(Boolean).join(', ') || '–'}</span> },
    { key: 'where', title: 'Holds for', value: r => r.where, cell: r => <span class="nowrap">{r.where}</span> },
  ];
  return rows.length === 0 ? null : (
    <Panel title="What was refused, and why" subtitle="these signals keep today’s timing" flush>
      <DataTable columns={columns} rows={rows} caption="Reasons of the guard" rowKey={r => `${r.where} ${r.signal} ${r.code} ${r.part} ${r.message}`} pageRows={20} />
    </Panel>
  );
}

function Basis({ detail }: { detail: RetimingDetail }): JSX.Element {
  const { assumptions, lacks, fieldChecks, learned } = detail.content;
  const signals = [...new Set([...fieldChecks.map(c => c.signal), ...assumptions.map(a => a.signal)])];
  const names = new Map(detail.content.periods[0]?.signals.map(s => [s.signal, s.name]));
  return (
    <Panel title="What it rests on, and what to look at in the field" subtitle="before anybody touches a cabinet">
      {learned.length > 0 && <p>Nobody has entered the configuration of {joined(learned)}: it was learned from the log.</p>}
      <div class="retiming-basis">
        {signals.map(signal => {
          const own = assumptions.filter(a => a.signal === signal);
          const checks = fieldChecks.find(c => c.signal === signal)?.checks ?? [];
          const lack = lacks.find(l => l.signal === signal);
          return (
            <details key={signal}>
              <summary><strong>{signal}</strong> {names.get(signal)} <span class="muted">{own.length} assumed, {checks.length} to check</span></summary>
              {own.length > 0 && <><h3>Assumed, because nobody measured it</h3><ul>{own.map((a, i) => <li key={i}>{factWord(a.fact)}, {a.basis}{a.phases.length > 0 && `: ${assumedText(a)}`}.</li>)}</ul></>}
              {lack && lack.forOffsets.length + lack.forSplits.length > 0 && <><h3>What the log does not tell</h3><ul>{lack.forOffsets.map(l => <li key={`o${l}`}>For offsets: {l}.</li>)}{lack.forSplits.map(l => <li key={`s${l}`}>For splits: {l}.</li>)}</ul></>}
              {checks.length > 0 && <><h3>To check in the field</h3><ul>{checks.map((c, i) => <li key={i}>{c}</li>)}</ul></>}
            </details>
          );
        })}
      </div>
      <p class="muted">The logs were read {lengthOf(detail.proposal.summary.toMs - detail.proposal.summary.fromMs)} back from the study.</p>
    </Panel>
  );
}
