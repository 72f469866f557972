# Switchback in a container: one static binary, no shell, no root, and nothing
# written but what DATABASE_URL names. With SQLite that is the volume /data.
#
#   docker build -t switchback --build-arg VERSION=v1.2.3 .
#   docker run --read-only --cap-drop ALL -v switchback:/data -p 8080:8080 --env-file switchback.env switchback

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -tags nomsgpack -ldflags "-s -w -X main.release=$VERSION" -o /out/switchback ./app \
    && mkdir /out/data

# Certificates of authorities, an unprivileged user, and nothing else; the time zones are in the binary.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/switchback /switchback
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV DATABASE_URL=sqlite:/data/switchback.db
VOLUME /data
EXPOSE 8080
USER nonroot:nonroot
# Open requests have 10 seconds to end, then jobs 25.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/switchback", "health"]
ENTRYPOINT ["/switchback"]
CMD ["serve"]
