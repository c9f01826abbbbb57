/** An event may come twice, and late: `id` is the same then, and `sequence` orders the events of one feature. */
export const handler = async ({ detail }) => {
  const { feature, because } = detail.data;
  console.log(JSON.stringify({ id: detail.id, feature: feature.key ?? feature.id, url: feature.url, because }));
};
