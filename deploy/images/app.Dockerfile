# The web app. Nothing about where it runs is built in: DAYBOOK_API_URL is read at run time.
ARG NODE_IMAGE=node:22-slim

FROM ${NODE_IMAGE} AS build
ENV NEXT_TELEMETRY_DISABLED=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM ${NODE_IMAGE}
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOSTNAME=0.0.0.0 PORT=3000
WORKDIR /opt/daybook
COPY --from=build /build/.next/standalone ./
USER 1000:1000
EXPOSE 3000
CMD ["node", "server.js"]
