# One file for every part of Parley: docker build --build-arg APP=ingester -t parley-ingester .
# APP is ingester, projector, channels, sender, standalone or migrate (docs/deploying.md).

FROM node:24-slim AS build
WORKDIR /parley
COPY package.json package-lock.json .npmrc ./
COPY tools/setup tools/setup
RUN node --input-type=module -e "import { ensurePackages } from './tools/setup/packages.mjs'; await ensurePackages()"
COPY . .
ARG APP
RUN node tools/setup.mjs --image "$APP" /image

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 METRICS_PORT=9464 PARLEY_HOME=/var/lib/parley
RUN install -d -o 1000 -g 1000 -m 0700 /var/lib/parley
COPY --from=build /image /app
WORKDIR /app
USER 1000:1000
EXPOSE 8080 9464
CMD ["node", "start.mjs"]
