# The connector's image: bundled files on Node's slim image. Kept to what Docker's classic builder knows, so that it
# builds wherever Docker does.
FROM node:24-bookworm-slim AS build
WORKDIR /build
# The lock file alone first: this layer lasts as long as the dependencies do. Scripts are refused, none is needed.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim
# Equal to the version in package.json; integration_tests/image/files.test.ts compares them.
ARG VERSION=0.1.0
# The commit, where the release knows it: `docker build --build-arg REVISION=$(git rev-parse HEAD) …`.
ARG REVISION=unknown
LABEL io.airbyte.name="modstamp/source-salesforce" \
      io.airbyte.version="${VERSION}" \
      org.opencontainers.image.title="Modstamp: Salesforce source" \
      org.opencontainers.image.description="Salesforce source for warehouses over the Airbyte protocol" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/modstamp/source-salesforce" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}"
# Airbyte's launcher replaces the entrypoint by `sh -c 'eval "$AIRBYTE_ENTRYPOINT read …"'` in /source or /config, so the
# path is absolute, needs no quoting, and stands here word for word as in ENTRYPOINT.
# glibc keeps what each thread has freed for that thread; for two at most, a read of 1,100 streams peaks 5 MB lower.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    AIRBYTE_ENTRYPOINT="node /airbyte/main.js"
WORKDIR /airbyte
COPY --from=build /build/dist/main.js /build/dist/login.js /build/LICENSE /build/dist/THIRD-PARTY-NOTICES.txt /build/dist/sbom.cdx.json /airbyte/
RUN chown -R 1000:1000 /airbyte
# Node's image has a user with this number; by number, because Kubernetes can't tell that a name is not root.
USER 1000:1000
ENTRYPOINT ["node", "/airbyte/main.js"]
