# One image, one command per service: `docker build -t talentloop .`
FROM python:3.13.18-slim-trixie AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1
WORKDIR /build
RUN uv venv --quiet /opt/talentloop
COPY requirements.lock requirements-dev.lock ./
RUN uv pip install --python /opt/talentloop --require-hashes -r requirements.lock
# Debug symbols, data of languages we neither write nor read, colours for languages of programs, and what nobody can call here:
# clients of other brokers, packages' own tests, sources of compiled modules, a second page for documents. A third of it.
RUN find /opt/talentloop -name '*.so' -exec strip --strip-unneeded {} + \
 && find /opt/talentloop -path '*/babel/locale-data/*.dat' \
         ! -name 'root.dat' ! -regex '.*/\(en\|de\|fr\|es\)\(_.*\)?\.dat' \
         ! -regex '.*/\(da\|it\|nl\|pl\|pt\|sv\)\.dat' -delete \
 && find /opt/talentloop -path '*/holidays/locale/*.mo' ! -regex '.*/locale/\(en\|de\|fr\|es\)\(_[^/]*\)?/.*' -delete \
 && find /opt/talentloop -path '*/pygments/lexers/*' -type f \
         ! -regex '.*/\(__init__\|_mapping\|python\|special\)\..*' -delete \
 && find /opt/talentloop \( -name '*.pyx' -o -name '*.pxd' -o -name '*.pyi' -o -name 'redoc.standalone.js' \) -delete \
 && find /opt/talentloop -regex '.*/\(faststream/\(confluent\|mqtt\|nats\|rabbit\|redis\)\|\(aiosmtpd\|icalendar\)/tests\)' \
         -prune -exec rm -r {} +
COPY pyproject.toml README.md LICENSE ./
COPY shared shared
COPY services services
COPY local local
COPY cli cli
RUN uv pip install --python /opt/talentloop --no-deps --build-constraints requirements-dev.lock .

FROM python:3.13.18-slim-trixie
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin talentloop
COPY --from=build /opt/talentloop /opt/talentloop
ENV PATH=/opt/talentloop/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
STOPSIGNAL SIGTERM
EXPOSE 8000
# A service: python -m services.interviews | services.candidates | services.notifications | services.insights |
#   services.console
CMD ["talentloop", "--help"]
