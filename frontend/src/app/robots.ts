import type { MetadataRoute } from "next";
import { paths } from "@/config/paths";

/** Strangers may find the door. What is behind it is nobody else's, and what is mailed is for one person. */
export default function robots(): MetadataRoute.Robots {
  return {
    rules: { userAgent: "*", allow: "/", disallow: [paths.settings, paths.share, paths.reset, paths.verify] },
  };
}
