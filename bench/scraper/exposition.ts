// Bodies like those of the fleet for the benches of the scraper: mostly histogram buckets, whole numbers written as
// Python's client writes them, some sums with many digits.

const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '5.0', '10.0', '+Inf'];

/** The body of the `step`th scrape of a target with so many series: names stay, values grow. */
export function bodyOf(series: number, step = 0): Uint8Array {
  const text = [
    '# HELP http_request_duration_seconds Time to answer.',
    '# TYPE http_request_duration_seconds histogram',
  ];
  const lines = series + text.length;
  for (let path = 0; text.length < lines; path++) {
    const labels = `service="query-router",method="GET",path="/api/v1/projects/{project_id}/models/${path}"`;
    BOUNDS.forEach((le, i) => {
      const count = path * 1000 + i * 17 + step * (i + 1);
      text.push(`http_request_duration_seconds_bucket{${labels},le="${le}"} ${count}.0`);
    });
    text.push(
      `http_request_duration_seconds_sum{${labels}} ${path * 3.337 + 0.12345678 + step * 1.7320508075}`,
    );
    text.push(`http_request_duration_seconds_count{${labels}} ${path * 1000 + 187 + step * 12}.0`);
  }
  return Buffer.from(`${text.slice(0, lines).join('\n')}\n`);
}
