import type { JSX } from 'preact';

/** Line icons on a grid of 16, drawn by us; they stand beside words or carry a label of their button. */
const paths = {
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9M10.3 10.3L14 14',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  left: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  up: 'M3 10l5-5 5 5',
  down: 'M3 6l5 5 5-5',
  farLeft: 'M8.5 3l-5 5 5 5M13 3L8 8l5 5',
  farRight: 'M7.5 3l5 5-5 5M3 3l5 5-5 5',
  play: 'M5 3l8 5-8 5z',
  pause: 'M5.5 3v10M10.5 3v10',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 1 1 0-5.6M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1',
  moon: 'M13 9.8A5.6 5.6 0 0 1 6.2 3a5.6 5.6 0 1 0 6.8 6.8z',
  link: 'M6.5 9.5l3-3M7 4.5l1.6-1.6a3 3 0 0 1 4.4 4.4L11.5 9M9 11.5l-1.6 1.6A3 3 0 0 1 3 8.7L4.5 7',
  download: 'M8 2v8M4.5 7L8 10.5L11.5 7M2.5 13.5h11',
  help: 'M5.7 6a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1.1.8-1.1 1.6M8 12.4v.4',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  info: 'M8 7v5M8 4.2v.4M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13',
  warning: 'M8 2l6.5 11.5h-13zM8 6.5v3.4M8 11.5v.4',
  wall: 'M1.5 3h13v8h-13zM5 14h6M8 11v3',
  table: 'M2 3h12v10H2zM2 6.5h12M2 10h12M6 3v10',
  image: 'M2 3h12v10H2zM4 11l3-4 2.2 2.8L11 8l2 3',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  list: 'M5.5 4h8.5M5.5 8h8.5M5.5 12h8.5M2 4h.5M2 8h.5M2 12h.5',
  bell: 'M8 2a4 4 0 0 1 4 4v3l1.2 2.2H2.8L4 9V6a4 4 0 0 1 4-4M6.7 13.2a1.4 1.4 0 0 0 2.6 0',
  print: 'M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" fill={name === 'play' ? 'currentColor' : 'none'} stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
