# rtdebug alone: docker run --rm -v "$PWD:/data" rtdebug run scenarios/
FROM python:3.12-slim AS build
COPY . /source
RUN pip wheel --no-cache-dir --wheel-dir /wheels /source

FROM python:3.12-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir /wheels/*.whl && rm -r /wheels && useradd --create-home rtdebug
USER rtdebug
WORKDIR /data
ENTRYPOINT ["rtdebug"]
CMD ["--help"]
