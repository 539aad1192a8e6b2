import type { MetadataRoute } from "next";
import { paths } from "@/config/paths";

const icons = (name: string) => [{ src: `/icons/${name}`, sizes: "192x192", type: "image/png" }];

export default function manifest(): MetadataRoute.Manifest {
  return {
    id: "/",
    name: "Daybook",
    short_name: "Daybook",
    description: "A to-do list for people who cannot afford to lose a line they wrote.",
    lang: "en",
    dir: "auto",
    start_url: paths.todos,
    scope: "/",
    display: "standalone",
    background_color: "#f8f8f5",
    theme_color: "#f8f8f5",
    categories: ["productivity"],
    icons: [
      { src: "/icons/icon.svg", sizes: "any", type: "image/svg+xml" },
      ...icons("icon-192.png"),
      { src: "/icons/icon-512.png", sizes: "512x512", type: "image/png" },
      { src: "/icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
    shortcuts: [
      { name: "Today", url: paths.today, icons: icons("icon-192.png") },
      { name: "Upcoming", url: paths.upcoming, icons: icons("icon-192.png") },
      { name: "Search", url: paths.search, icons: icons("icon-192.png") },
    ],
    share_target: {
      action: paths.share,
      method: "GET",
      params: { title: "title", text: "text", url: "url" },
    },
  };
}
