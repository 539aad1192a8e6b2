"use client";

interface PlaceLinkProps extends Omit<React.ComponentProps<"a">, "href"> {
  href: string;
}

/** Goes to another address of the page that is open. Next.js takes part without asking the server, so it works offline. */
export const goTo = (href: string): void => globalThis.history.pushState(null, "", href);

/** The same in the place of the present address: going back does not lead here again. */
export const replaceBy = (href: string): void => globalThis.history.replaceState(null, "", href);

/** A link between views of the todos. Opened in another tab, its address leads to the same. */
export function PlaceLink({ href, onClick, children, ...props }: PlaceLinkProps) {
  return (
    <a
      {...props}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        const isPlain =
          event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (event.defaultPrevented || !isPlain) return;
        event.preventDefault();
        goTo(href);
      }}
    >
      {children}
    </a>
  );
}
