/** A coordination pattern in words: 254 is free and 255 flash, by NTCIP 1202. */
export function patternText(pattern: number | null): string | null {
  return pattern === null ? null : pattern === 254 ? 'free' : pattern === 255 ? 'flash' : String(pattern);
}

export function reasonsOf(signal: { status: { reasons: string[] } }): string {
  return signal.status.reasons.join('; ');
}
