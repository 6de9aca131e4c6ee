//! Workbooks made by hand, of parts that no program would write.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A workbook in the making.
pub(crate) struct RawWorkbook {
    /// What stands in `workbook` before `sheets`.
    pub(crate) properties: String,
    /// The elements of `sheets`.
    pub(crate) sheets: String,
    /// What `sheetData` holds.
    pub(crate) data: String,
    /// What comes after `sheetData`.
    pub(crate) after: String,
    /// What stands before `sheetData`.
    pub(crate) before: String,
    /// The codes of number formats; cells have the style of their place, counted from 1.
    pub(crate) formats: Vec<String>,
    /// The elements of the shared texts.
    pub(crate) strings: String,
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

impl RawWorkbook {
    pub(crate) fn new(data: impl Into<String>) -> Self {
        Self {
            properties: String::new(),
            sheets: r#"<sheet name="Абоненти" sheetId="1" r:id="rId1"/>"#.to_owned(),
            data: data.into(),
            after: String::new(),
            before: String::new(),
            formats: Vec::new(),
            strings: String::new(),
        }
    }

    /// With number formats; the first is style 1.
    pub(crate) fn formats(mut self, codes: &[&str]) -> Self {
        self.formats = codes.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let escape = |code: &str| code.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        let (mut codes, mut styles) = (String::new(), String::from("<xf numFmtId=\"0\"/>"));
        for (number, code) in (164..).zip(&self.formats) {
            codes += &format!("<numFmt numFmtId=\"{number}\" formatCode=\"{}\"/>", escape(code));
            styles += &format!("<xf numFmtId=\"{number}\"/>");
        }
        let Self { properties, sheets, data, after, before, strings, .. } = self;
        let kind = |word: &str| format!("{RELATIONS}/{word}");
        zip_of(&[
            ("[Content_Types].xml", "<Types/>".to_owned()),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"a\" Type=\"{}\" Target=\"xl/workbook.xml\"/></Relationships>",
                    kind("officeDocument")
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{properties}<sheets>{sheets}</sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" Type=\"{}\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId9\" Type=\"{}\" Target=\"chartsheets/sheet1.xml\"/><Relationship Id=\"s\" Type=\"{}\" Target=\"styles.xml\"/><Relationship Id=\"t\" Type=\"{}\" Target=\"/xl/sharedStrings.xml\"/></Relationships>",
                    kind("worksheet"),
                    kind("chartsheet"),
                    kind("styles"),
                    kind("sharedStrings")
                ),
            ),
            (
                "xl/styles.xml",
                format!(
                    "<styleSheet xmlns=\"{MAIN}\"><numFmts>{codes}</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>"
                ),
            ),
            (
                "xl/sharedStrings.xml",
                format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"99999999999\">{strings}</sst>"),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(
                    "<worksheet xmlns=\"{MAIN}\">{before}<sheetData>{data}</sheetData>{after}</worksheet>"
                ),
            ),
        ])
    }
}

/// An archive of these files.
pub(crate) fn zip_of(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(content.as_bytes()).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}
