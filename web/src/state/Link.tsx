import type { ComponentChildren, HTMLAttributes, JSX } from 'preact';
import { navigate, root, usePlace } from './url';

interface LinkProps extends Omit<HTMLAttributes<HTMLAnchorElement>, 'href' | 'role'> {
  /** Below /app. */
  href: string;
  children?: ComponentChildren;
  /** Says which page one is on, for navigation. */
  marksCurrent?: boolean;
}

/** A link inside the client: a real address, followed without loading the page again. */
export function Link({ href, marksCurrent, onClick, ...rest }: LinkProps): JSX.Element {
  const { path } = usePlace();
  const isCurrent = marksCurrent === true && (href === '/' ? path === '/' : path === href || path.startsWith(href + '/'));
  return (
    <a
      {...rest}
      href={root + href}
      aria-current={isCurrent ? 'page' : rest['aria-current']}
      onClick={event => {
        onClick?.(event);
        if (!event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
          event.preventDefault();
          navigate(href);
        }
      }}
    />
  );
}
