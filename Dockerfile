# promlite in a container: Node 24, production dependencies only, unprivileged, laid out as prom/prometheus is.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json rolldown.config.js ./
COPY src ./src
RUN node_modules/.bin/rolldown -c
# What runs brings its own Node: the pinned ones are for checkouts.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/node-linux-* node_modules/node-win-* node_modules/.bin

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="promlite" org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /prometheus
COPY --from=build /build/package.json /opt/promlite/package.json
COPY --from=build /build/node_modules /opt/promlite/node_modules
COPY --from=build /build/dist /opt/promlite/dist
COPY bin /opt/promlite/bin
COPY prometheus.yml /etc/prometheus/prometheus.yml
# The mode is set here too: not every checkout keeps it.
RUN chmod 755 /opt/promlite/bin/promlite.cjs && ln -s /opt/promlite/bin/promlite.cjs /usr/local/bin/promlite && chown 65534:65534 /prometheus
ENV NODE_ENV=production
USER 65534:65534
EXPOSE 9090
VOLUME ["/prometheus"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["promlite", "check", "healthy"]
ENTRYPOINT ["promlite"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
