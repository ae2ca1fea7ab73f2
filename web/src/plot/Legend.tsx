import type { JSX } from 'preact';
import { useTheme } from '../app/theme';
import type { LegendEntry, PlotModel } from './model';
import { legendOf } from './model';
import { signOpacity } from './paint';
import { viridis } from '../ui/viridis';
import { DARK, LIGHT } from './palette';

const SIZE = 8;

/** What the marks of a panel's plots mean. */
export function Legend({ plots, isPrint }: { plots: readonly PlotModel[]; isPrint?: boolean }): JSX.Element | null {
  const theme = useTheme();
  const palette = isPrint || theme === 'light' ? LIGHT : DARK;
  const entries = legendOf(plots);
  if (entries.length === 0) {
    return null;
  }

  return (
    <ul class="legend">
      {entries.map(entry => <li key={entry.name}><svg viewBox="0 0 24 12" width="24" height="12" aria-hidden="true">{sign(entry, palette[entry.ink])}</svg>{entry.name}</li>)}
    </ul>
  );
}

function sign(entry: LegendEntry, color: string): JSX.Element {
  const opacity = signOpacity(entry);
  switch (entry.kind) {
    case 'line': return <path d="M0 6h24" stroke={color} stroke-width="2.4" stroke-dasharray={entry.dash?.join(' ')} fill="none" opacity={opacity} />;
    case 'box': return <rect x="4" y="1" width="16" height="10" fill={color} opacity={opacity} />;
    case 'amount': return <>{[0, 1, 2, 3, 4, 5].map(i => <rect key={i} x={i * 4} y="1" width="4" height="10" fill={viridis(i / 5)} />)}</>;
    case 'hatch': return <path d="M2 12L14 0M9 12L21 0M16 12L22 6M2 5L7 0" stroke={color} stroke-width="1.4" fill="none" />;
    case 'dot': return <circle cx="12" cy="6" r="3.4" fill={color} opacity={opacity} />;
    case 'square': return <rect x={12 - SIZE / 2} y={6 - SIZE / 2} width={SIZE} height={SIZE} fill={color} opacity={opacity} />;
    case 'bar': return <path d="M12 1v10" stroke={color} stroke-width="2" opacity={opacity} />;
    case 'dash': return <path d="M7 6h10" stroke={color} stroke-width="2" opacity={opacity} />;
    case 'triangle': return <path d="M12 1l5 10H7z" fill={color} opacity={opacity} />;
    case 'diamond': return <path d="M12 1l5 5-5 5-5-5z" fill={color} opacity={opacity} />;
    case 'cross': return <path d="M8 2l8 8M8 10l8-8" stroke={color} stroke-width="2" fill="none" opacity={opacity} />;
  }
}
