# Chartfold as a container: `docker compose up --build` (compose.yaml, docs/self-hosting/containers.md).
# Where this was written there is no container engine. Its steps were run one after the other in a bare Debian 12 tree
# with Node put in: build, prune, and a start as user 1000 on a read-only root with no capability left. The image itself
# has not been built yet.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY vite.config.ts tsconfig.json ./
COPY src ./src
RUN node node_modules/vite/bin/vite.js build --logLevel error && npm prune --omit=dev

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4200 \
    CHARTFOLD_DATA_DIR=/data \
    CHARTFOLD_SECRET_FILE=/keys/secret \
    CHARTFOLD_SIMULATOR=off \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=262144
# The record and the key that opens it, apart from each other. The key is made at the first start, so its folder is a
# volume and not a secret of the engine, which could not be written.
RUN install -d -m 700 -o node -g node /data /keys
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/src ./src
COPY simulator ./simulator
COPY deploy/health.js ./deploy/health.js
USER node
VOLUME ["/data", "/keys"]
EXPOSE 4200
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "deploy/health.js"]
# The same as in scripts/launch.js, which says why.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--initial-old-space-size=48", "--heap-growing-percent=40", \
    "src/main.ts"]
CMD ["serve"]
