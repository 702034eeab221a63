"""Search on engines that are built on Lucene and share one query language: Elasticsearch and OpenSearch."""
