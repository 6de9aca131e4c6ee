//! Results as their readers see them: a CSV with a header.

/// A results file.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Row>,
    report: String,
}

/// A line of it.
#[derive(Debug, Clone)]
pub(crate) struct Row(Vec<(String, String)>);

impl Row {
    #[track_caller]
    pub(crate) fn get(&self, column: &str) -> &str {
        let cell = self.0.iter().find(|(name, _)| name == column);
        cell.map_or_else(|| panic!("no column {column} in {self:?}"), |(_, value)| value)
    }

    /// `result_` columns by their short names.
    #[track_caller]
    pub(crate) fn result(&self, column: &str) -> &str {
        self.get(&format!("result_{column}"))
    }

    /// Status, error code, HTTP status and attempts, with spaces between them and `-` for nothing.
    pub(crate) fn fate(&self) -> String {
        ["status", "error_code", "http_status", "attempts"]
            .map(|column| match self.result(column) {
                "" => "-",
                other => other,
            })
            .join(" ")
    }
}

impl Results {
    /// Reads the bytes; the delimiter is the one that the header holds.
    pub(crate) fn read(bytes: &[u8], report: String) -> Self {
        let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
        let at = |name: &[u8]| bytes.windows(name.len()).position(|window| window == name);
        let status = at(b"result_status").unwrap_or_else(|| panic!("no results: {report}"));
        let delimiter = bytes[status + "result_status".len()];
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
        let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|record| {
                let record = record.unwrap_or_else(|error| panic!("{error}\n{report}"));
                Row(header.iter().cloned().zip(record.iter().map(str::to_owned)).collect())
            })
            .collect();
        Self { header, rows, report }
    }

    /// One column from top to bottom.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        self.rows.iter().map(|row| row.get(name)).collect()
    }

    pub(crate) fn statuses(&self) -> Vec<&str> {
        self.column("result_status")
    }

    pub(crate) fn count(&self, status: &str) -> usize {
        self.statuses().into_iter().filter(|found| *found == status).count()
    }

    #[track_caller]
    pub(crate) fn all_are(&self, status: &str) {
        assert_eq!(self.count(status), self.rows.len(), "not all rows are {status}\n{self:#?}");
    }

    /// What became of each row, as [`Row::fate`] writes it.
    #[track_caller]
    pub(crate) fn fates(&self) -> Vec<String> {
        self.rows.iter().map(Row::fate).collect()
    }

    #[track_caller]
    pub(crate) fn only(&self) -> &Row {
        assert_eq!(self.rows.len(), 1, "not one row\n{}", self.report);
        &self.rows[0]
    }
}
