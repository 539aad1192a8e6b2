"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useOnline } from "@/hooks/use-online";
import { explain } from "@/lib/api/explain";

/** How far below the window the next page is fetched already. */
const AHEAD = "600px";

interface LoadMoreProps {
  error: unknown;
  onLoad: () => void;
  onRetry: () => void;
}

/** Loads what follows when its place comes near; the button does the same for those who do not scroll. */
export function LoadMore({ error, onLoad, onRetry }: LoadMoreProps) {
  const place = useRef<HTMLDivElement>(null);
  const online = useOnline();
  const failed = error !== undefined;

  useEffect(() => {
    if (failed || !place.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onLoad(), {
      rootMargin: AHEAD,
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  });

  const { title, detail } = explain(error, online);
  return (
    <div ref={place} className="mt-5 flex justify-center">
      {failed ? (
        <Notice
          tone="warning"
          title={title}
          className="w-full"
          action={<Button onClick={onRetry}>Try again</Button>}
        >
          {detail}
        </Notice>
      ) : (
        <Button variant="ghost" onClick={onLoad}>
          Show more
        </Button>
      )}
    </div>
  );
}
