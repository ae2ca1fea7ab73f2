import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getJson } from '../../api/client';
import { useCity, useNow } from '../../state/live';
import { useLoad } from '../../state/load';
import { useMay } from '../../state/session';
import { Link } from '../../state/url';
import { lengthOf, momentOf } from '../../state/zone';
import { Badge, Button, DataTable, Empty, Icon, Panel, shareText, Sparkline, type TableColumn } from '../../ui';
import { changeText, fixed, lossesByCorridor, originWords, round, stateTones, stateWords, totalOf, type CorridorLoss, type RetimingRow, type RetimingsAnswer, type RetimingStudyStatus } from './answers';
import { StudyDialog } from './StudyDialog';
import './retiming.css';

const lookMs = 2000;

/** What each corridor loses by its timing, and the plans that were found to be better. */
export default function RetimingsPage(): JSX.Element {
  const city = useCity();
  const zone = city?.zone ?? 'UTC';
  const now = useNow();
  const mayOperate = useMay('operate');
  const [isAsking, setAsking] = useState(false);
  const loaded = useLoad('retimings', signal => getJson<RetimingsAnswer>('/retimings', { signal }));
  const study = loaded.data?.study;
  const isBusy = study !== undefined && study.state !== 'idle';
  useEffect(() => {
    // A study may begin by itself: it is looked for now and then, and often while one runs.
    const timer = setTimeout(loaded.reload, isBusy ? lookMs : 10 * lookMs);
    return () => clearTimeout(timer);
  }, [isBusy, loaded.atMs]);

  const losses = lossesByCorridor(loaded.data?.losses ?? []);
  const nameOf = (corridor: string) => (corridor === '' ? 'All signals' : city?.corridors.find(c => c.id === corridor)?.name || corridor);
  const lossColumns: TableColumn<CorridorLoss>[] = [
    { key: 'name', title: 'Corridor', isHead: true, value: l => l.name, cell: l => (l.corridor === '' ? 'All signals' : <Link href={`/corridors/${encodeURIComponent(l.corridor)}`}>{l.name}</Link>) },
    { key: 'share', title: 'Loses now', hint: 'Share of delay and stops under today’s timing that the best plan known would save', align: 'right', value: l => l.share, cell: l => (l.share === null ? <span class="missing">no traffic</span> : <strong>{shareText(l.share)}</strong>) },
    { key: 'worst', title: 'Most of all', isWide: true, value: l => l.worst.share, cell: l => (l.worst.share === null ? <span class="missing">–</span> : <>{shareText(l.worst.share)} <span class="muted">{l.worst.period}</span></>) },
    { key: 'hours', title: 'Today', unit: 'veh h/h', hint: 'Delay and stops in its worst period', align: 'right', value: l => l.worst.today, cell: l => fixed(l.worst.today, 1) },
    { key: 'seen', title: 'Seen', hint: 'Share of the time that the logs of its signals saw', align: 'right', value: l => l.seenShare, cell: l => shareText(l.seenShare) },
    { key: 'history', title: 'Study by study', value: l => l.history.length, cell: l => (l.history.length < 2 ? <span class="missing">one study so far</span> : <Sparkline points={l.history} label={`${l.name}: ${l.history.map(h => (h.v === null ? 'no traffic' : shareText(h.v))).join(', ')}`} />) },
  ];
  const columns: TableColumn<RetimingRow>[] = [
    { key: 'id', title: 'Proposal', isHead: true, isWide: true, value: r => r.id, cell: r => <Link href={`/retiming/${r.id}`}>{nameOf(r.corridor)}, {momentOf(r.madeMs, zone)}</Link> },
    { key: 'state', title: 'State', value: r => r.state, cell: r => <Badge tone={stateTones[r.state]}>{stateWords[r.state]}</Badge> },
    { key: 'signals', title: 'Signals', hint: 'That change, of those studied', align: 'right', value: r => r.summary.retimed, cell: r => `${r.summary.retimed} of ${r.summary.signals}` },
    { key: 'delay', title: 'Delay', hint: 'Expected by the model over the periods that were searched', align: 'right', value: r => saved(r, 'delay'), cell: r => changeText(totalOf(r.summary.periods, p => p.delayToday), totalOf(r.summary.periods, p => p.delayPlan)) ?? <span class="missing">–</span> },
    { key: 'stops', title: 'Stops', hint: 'Expected by the model over the periods that were searched', align: 'right', value: r => saved(r, 'stops'), cell: r => changeText(totalOf(r.summary.periods, p => p.stopsToday), totalOf(r.summary.periods, p => p.stopsPlan)) ?? <span class="missing">–</span> },
    { key: 'origin', title: 'Found', value: r => r.origin, cell: r => <span class="nowrap">{originWords[r.origin]}</span> },
    { key: 'effect', title: 'Measured later', isWide: true, value: r => r.effect?.figures[0]?.verdict ?? null, cell: r => r.effect?.figures[0]?.sentence ?? <span class="missing">not in the field yet</span> },
  ];
  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1>Retiming</h1>
        <p>Better timing from the signals’ own logs. Plans are found here, two people decide, and people change the cabinets.</p>
        {mayOperate && <div class="page-actions"><Button kind="main" disabled={isBusy} onClick={() => setAsking(true)}>Study the logs…</Button></div>}
      </div>
      {study && <Study status={study} night={loaded.data?.night ?? null} now={now} nameOf={nameOf} />}
      <Panel
        title="What each corridor loses now" flush loading={loaded.isLoading && !loaded.data} error={loaded.error} onRetry={loaded.reload}
        subtitle="against the best plan that is known" ageMs={losses[0] ? now - losses[0].atMs : null}
      >
        {loaded.data && <DataTable columns={lossColumns} rows={losses} caption="What each corridor loses by today’s timing" rowKey={l => l.corridor} empty={<Empty title="Nothing was studied yet">{loaded.data.night ? `The logs are studied each night at ${loaded.data.night}, or when staff ask for it.` : 'The logs are studied when staff ask for it.'}</Empty>} />}
      </Panel>
      <Panel title="Proposals" flush loading={loaded.isLoading && !loaded.data}>
        {loaded.data && <DataTable columns={columns} rows={loaded.data.items} caption="Proposals of new timing, newest first" rowKey={r => r.id} empty={<Empty title="No proposal yet">A study writes one when it finds timing that is better and that the guard passes.</Empty>} />}
      </Panel>
      {isAsking && <StudyDialog onClose={() => setAsking(false)} onDone={() => {
        setAsking(false);
        loaded.reload();
      }} />}
    </main>
  );
}


function saved(row: RetimingRow, what: 'delay' | 'stops'): number | null {
  const today = totalOf(row.summary.periods, p => (what === 'delay' ? p.delayToday : p.stopsToday));
  const plan = totalOf(row.summary.periods, p => (what === 'delay' ? p.delayPlan : p.stopsPlan));
  return today === null || plan === null || today === 0 ? null : plan / today - 1;
}

function Study({ status: s, night, now, nameOf }: { status: RetimingStudyStatus; night: string | null; now: number; nameOf(corridor: string): string }): JSX.Element | null {
  if (s.state !== 'idle') {
    const percent = Math.round(s.share * 100);
    return (
      <div class="notice study-now" role="status">
        <Icon name="info" size={20} />
        <div>
          <p><strong>{nameOf(s.corridor)}: {s.state === 'waiting' ? 'a study waits' : s.state === 'reading' ? 'the logs are being read' : `better timing is searched, ${percent} %`}</strong>{s.period && <span class="muted"> {s.period}</span>}{s.startedMs !== null && <span class="muted"> · for {lengthOf(Math.max(0, now - s.startedMs))}</span>}</p>
          {s.state === 'searching' && <progress max={100} value={percent} aria-label="How much of the search is done" />}
        </div>
      </div>
    );
  }

  if (s.failure) {
    return <div class="notice is-warn" role="status"><Icon name="warning" size={20} /><p>The last study ended without an answer: {s.failure.message} <span class="muted">({s.failure.code})</span></p></div>;
  }

  return s.endedMs === null ? null : (
    <p class="muted">
      The last study ended {lengthOf(Math.max(0, now - s.endedMs))} ago and took {round(s.tookS ?? 0, 0)} s{s.proposal === null ? '; it found nothing better that the guard passes' : ''}.
      {night && ` The next one is at ${night}.`}
    </p>
  );
}
