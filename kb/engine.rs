//! The tantivy side of a generation: its schema, how entries become documents, and reading them back. One
//! document per entry, with question, other phrasings and body as fields of their own; field texts are
//! terms that our own analyzer made, so tantivy only splits them at spaces.

use std::path::Path;

use tantivy::indexer::NoMergePolicy;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{DocId, Index, IndexWriter, ReloadPolicy, SegmentReader, TantivyDocument, Term};

use crate::analyze::{Analyzer, same_question};
use crate::entry::Entry;
use crate::error::KbError;
use crate::language;

/// Memory of the writer; more only makes fewer segments, which are merged into one at the end.
const WRITER_BYTES: usize = 20 << 20;

/// The handles of the schema's fields.
#[derive(Clone, Copy)]
pub(crate) struct Fields {
    /// Searched fields in the order of `retrieve::WEIGHTS`: question, alternates, body.
    pub searched: [Field; 3],
    /// Every phrasing, normalised whole, for questions that are known word by word.
    pub exact: Field,
    /// The entry itself as JSON.
    pub entry: Field,
}

fn schema() -> (Schema, Fields) {
    let terms = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_index_option(IndexRecordOption::WithFreqs);
    let searched = TextOptions::default().set_indexing_options(terms);
    let mut builder = Schema::builder();
    let fields = Fields {
        searched: ["question", "alternates", "body"]
            .map(|name| builder.add_text_field(name, searched.clone())),
        exact: builder.add_text_field("exact", STRING),
        entry: builder.add_text_field("entry", STORED),
    };
    (builder.build(), fields)
}

/// Writes the index of a new generation into an existing empty folder.
pub(crate) fn build(dir: &Path, entries: &[Entry]) -> Result<(), KbError> {
    let (schema, fields) = schema();
    let index = Index::create_in_dir(dir, schema)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for (entry, language) in entries.iter().zip(language::of_entries(entries)) {
        writer.add_document(document(&fields, Analyzer::of(language), entry)?)?;
    }
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(())
}

fn document(
    fields: &Fields,
    analyzer: &Analyzer,
    entry: &Entry,
) -> Result<TantivyDocument, KbError> {
    let mut document = TantivyDocument::default();
    let [question, alternates, body] = fields.searched;
    document.add_text(question, analyzer.indexed(&entry.title));
    for alternate in &entry.alternates {
        document.add_text(alternates, analyzer.indexed(alternate));
    }
    document.add_text(body, analyzer.indexed(&entry.body));
    for phrasing in entry.phrasings() {
        document.add_text(fields.exact, same_question(phrasing));
    }
    let json = serde_json::to_string(entry).map_err(|error| {
        KbError::Engine(tantivy::TantivyError::InternalError(error.to_string()))
    })?;
    document.add_text(fields.entry, json);
    Ok(document)
}

/// A read-only view of one index on disk.
pub(crate) struct Engine {
    pub fields: Fields,
    /// `None` for an index without entries.
    pub segment: Option<SegmentReader>,
    searcher: tantivy::Searcher,
}

impl Engine {
    /// Maps the index of a generation into memory; nothing is read yet.
    pub fn open(dir: &Path) -> Result<Engine, KbError> {
        let broken = |error: tantivy::TantivyError| KbError::broken(dir, error);
        let (schema, fields) = schema();
        let index = Index::open_in_dir(dir).map_err(broken)?;
        if index.schema() != schema {
            return Err(KbError::broken(dir, "it was made by another version"));
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(8)
            .try_into()
            .map_err(broken)?;
        let searcher = reader.searcher();
        if searcher.segment_readers().len() > 1 {
            return Err(KbError::broken(dir, "it has more than one segment"));
        }
        Ok(Engine {
            fields,
            segment: searcher.segment_readers().first().cloned(),
            searcher,
        })
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.segment
            .as_ref()
            .map_or(0, |segment| segment.max_doc() as usize)
    }

    /// Reads one entry back.
    pub fn entry(&self, doc: DocId) -> Result<Entry, KbError> {
        let address = tantivy::DocAddress::new(0, doc);
        let stored: TantivyDocument = self.searcher.doc(address)?;
        let json = stored
            .get_first(self.fields.entry)
            .and_then(|value| value.as_str())
            .unwrap_or_default();
        serde_json::from_str(json).map_err(|error| {
            KbError::Engine(tantivy::TantivyError::DataCorruption(
                tantivy::error::DataCorruption::comment_only(error.to_string()),
            ))
        })
    }

    /// The entries that have exactly this question among their phrasings.
    pub fn exact(&self, question: &str) -> Result<Vec<DocId>, KbError> {
        let key = same_question(question);
        let Some(segment) = self.segment.as_ref().filter(|_| !key.is_empty()) else {
            return Ok(Vec::new());
        };
        let term = Term::from_field_text(self.fields.exact, &key);
        let index = segment.inverted_index(self.fields.exact)?;
        let postings = index
            .read_postings(&term, IndexRecordOption::Basic)
            .map_err(tantivy::TantivyError::from)?;
        let mut docs = Vec::new();
        if let Some(mut postings) = postings {
            use tantivy::DocSet;
            while postings.doc() != tantivy::TERMINATED {
                docs.push(postings.doc());
                postings.advance();
            }
        }
        Ok(docs)
    }
}
