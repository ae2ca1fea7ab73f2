import type { JSX } from 'preact';
import type { SettingChange } from './answers';

/** Settings before and after, one a row; what is gone is struck through and what is new is marked, never by color alone. */
export function Changes({ changes, caption }: { changes: readonly SettingChange[]; caption: string }): JSX.Element {
  return (
    <div class="table-frame scrolls-itself" tabIndex={0} role="region" aria-label={caption}>
      <table class="table changes">
        <caption class="visually-hidden">{caption}</caption>
        <thead><tr><th scope="col">Setting</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
        <tbody>
          {changes.map(c => (
            <tr key={c.field}>
              <th scope="row"><code>{c.field}</code></th>
              <td>{c.before === null ? <span class="missing">not given</span> : <del>{c.before}</del>}</td>
              <td>{c.after === null ? <span class="missing">taken away</span> : <ins>{c.after}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
