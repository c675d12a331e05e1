# The version of Node.js is that of package.json; there is no build step, Node.js strips the types.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages carry Node.js itself for machines without it: the image has its own.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production MIRE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY config ./config
COPY migrations ./migrations
COPY adapters ./adapters
COPY interactions ./interactions
COPY src ./src
# What Node.js compiles is kept in the image, so that a process is ready in half the time. The cache is that of one
# user: a platform that chooses another starts without it.
RUN install -d -o 10001 -g 10001 .compiled
# A number, so that a platform can check that it is not root. Nothing is written inside the image.
USER 10001:10001
ENV NODE_COMPILE_CACHE=/app/.compiled
RUN ["node", "--input-type=module", "--eval", "await import('/app/src/main/mire.ts'); await import('/app/src/main/roles.ts'); await import('/app/src/main/serve.ts'); await import('/app/src/main/work.ts'); process.exit()"]
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["serve"]
