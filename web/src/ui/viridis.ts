/** Viridis (Smith and van der Walt, 2015; CC0) at eleven even steps: amounts read the same to every eye and in gray. */
const stops = ['#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'].map(hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)));

/** The color of a share 0-1 of the scale; beyond its ends the end's. */
export function viridis(share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const mix = stops[low]!.map((c, i) => Math.round(c + (stops[low + 1]![i]! - c) * (at - low)));
  return `rgb(${mix.join(' ')})`;
}

export const viridisGradient = `linear-gradient(to right, ${Array.from({ length: 11 }, (_, i) => viridis(i / 10)).join(', ')})`;
