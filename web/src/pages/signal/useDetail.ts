import { getJson } from '../../api/client';
import type { SignalDetail } from '../../api/types';
import { useSignal } from '../../state/live';
import { useLoad, type Loaded } from '../../state/load';

/** What charts need to know of a signal: loaded once, its status kept fresh. */
export function useDetail(id: string): Loaded<SignalDetail> {
  const live = useSignal(id);
  const loaded = useLoad(id, abort => getJson<SignalDetail>(`/signals/${encodeURIComponent(id)}`, { signal: abort }), id);
  if (loaded.data && live && live.status !== loaded.data.signal.status) {
    loaded.data.signal.status = live.status;
  }

  return loaded;
}
