# The image of a release, around a binary that was built before. The Dockerfile
# at the root builds the binary too; the rest of both is the same.
FROM busybox:1.37-musl AS data
RUN mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/switchback /switchback
COPY --from=data --chown=nonroot:nonroot /data /data
ENV DATABASE_URL=sqlite:/data/switchback.db
VOLUME /data
EXPOSE 8080
USER nonroot:nonroot
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/switchback", "health"]
ENTRYPOINT ["/switchback"]
CMD ["serve"]
