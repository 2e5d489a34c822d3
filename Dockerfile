# ideoguard and nothing else, run as nobody:
#
#   docker build --tag ideoguard .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/repo:ro" ideoguard scan
#
# `docker build --target ci .` makes an image with a shell and git beside it, for CI services that run a
# job in it.

FROM rust:1-alpine AS build
# Alpine keeps the newest version of a package only: one that is pinned cannot be installed for long.
# hadolint ignore=DL3018
RUN apk add --no-cache build-base
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bin ideoguard

FROM alpine:3 AS ci
# Alpine keeps the newest version of a package only: one that is pinned cannot be installed for long.
# hadolint ignore=DL3018
RUN apk add --no-cache git
COPY --from=build /source/target/release/ideoguard /usr/local/bin/ideoguard
USER 65534:65534

FROM scratch
COPY --from=build /source/target/release/ideoguard /ideoguard
USER 65534:65534
WORKDIR /repo
ENTRYPOINT ["/ideoguard"]
CMD ["--help"]
