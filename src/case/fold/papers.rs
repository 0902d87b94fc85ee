//! Papers: ordered, rendered, issued, closed, delivered.

use crate::case::event::{Body, Event};
use crate::case::{Case, Document, Life};
use std::sync::Arc;

impl Case {
    pub(super) fn apply_document(&mut self, event: &Event) {
        match &event.body {
            Body::DocumentOrdered { .. } => self.order_document(event),
            Body::DocumentRendered { document, draft, word, pdf, renderer, fonts, .. } => {
                self.document(*document, |d| {
                    if d.draft == *draft && d.life == Life::Ordered {
                        d.life = Life::Rendered;
                        d.unmade = None;
                        d.digests = Some((word.clone(), pdf.clone()));
                        d.renderer = Some((renderer.clone(), fonts.clone()));
                    }
                });
            }
            Body::DocumentIssued { document, scan } => {
                let at = event.at;
                self.document(*document, |d| {
                    d.life = Life::Issued;
                    d.issued = Some(at);
                    d.scan.clone_from(scan);
                });
            }
            Body::DocumentClosed { document, replaced_by, .. } => {
                let life = if replaced_by.is_some() { Life::Replaced } else { Life::Void };
                self.forget_notice(*document, life);
                self.document(*document, |d| {
                    d.life = life;
                    d.unmade = None;
                });
            }
            Body::EffectSettled { document: Some(document), result, .. } => {
                self.document(*document, |d| d.unmade = Some(result.clone()));
            }
            Body::EffectSettled { document: None, .. } => {}
            Body::Delivered { document, recipient, mode, on, .. } => self.document(*document, |d| {
                d.delivered.push((recipient.clone(), *mode));
                d.served = on.or(d.served);
            }),
            other => unreachable!("not a document's event: {other:?}"),
        }
    }

    /// Somebody has said what becomes of the papers that could not be made, those like the first of them.
    pub(super) fn decided_on_unmade(&mut self, first: Option<u32>) {
        let papers: Vec<u32> = first.into_iter().flat_map(|first| self.unmade_like(first)).map(|d| d.id).collect();
        for paper in papers {
            self.document(paper, |d| d.unmade = None);
        }
    }

    /// A notice given up before it was out leaves standing the one it was to replace.
    fn forget_notice(&mut self, id: u32, life: Life) {
        let Some(paper) = self.documents.get(&id).filter(|d| d.notice && life == Life::Void).cloned() else { return };
        let Some((stage, before)) = paper.stage.as_ref().zip(paper.replaces) else { return };
        for item in &paper.items {
            self.change_item(*item, |i| {
                if i.noticed.get(stage) == Some(&id) {
                    i.noticed.insert(stage.clone(), before);
                }
            });
        }
    }

    fn document(&mut self, id: u32, change: impl FnOnce(&mut Document)) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        let before = document.clone();
        change(Arc::make_mut(document));
        if before.life != document.life {
            self.index.document(Some(&before), Some(document));
        }
    }

    fn order_document(&mut self, event: &Event) {
        let Body::DocumentOrdered {
            document,
            draft,
            template,
            stage,
            batch,
            items,
            to,
            copy,
            date,
            number,
            seal,
            confirm,
            retention,
            issuer,
            report,
            notice,
            replaces,
            title,
            tables,
            fields,
        } = &event.body
        else {
            return;
        };
        let same = |before: &&Arc<Document>| tables.keys().all(|name| before.fields.get(name) == fields.get(name));
        let before = self.documents.get(document).filter(|_| !tables.is_empty());
        let reckoned = before.filter(same).map_or(event.at, |before| before.reckoned);
        let new = Document {
            id: *document,
            draft: *draft,
            template: template.clone(),
            title: title.clone(),
            stage: stage.clone(),
            batch: *batch,
            items: items.clone(),
            to: to.clone(),
            copy: copy.clone(),
            date: *date,
            number: number.clone(),
            seal: *seal,
            confirm: confirm.clone(),
            retention: retention.clone(),
            issuer: issuer.clone(),
            report: report.clone(),
            notice: *notice,
            replaces: *replaces,
            fields: fields.clone(),
            life: Life::Ordered,
            unmade: None,
            digests: None,
            renderer: None,
            scan: None,
            issued: None,
            delivered: Vec::new(),
            served: None,
            reckoned,
            closure: self.closure.clone(),
        };
        for (id, stage) in items.iter().zip(stage.iter().cycle()).filter(|_| *notice) {
            self.change_item(*id, |i| {
                i.noticed.insert(stage.clone(), *document);
            });
        }
        let before = self.documents.get(document).cloned();
        self.index.document(before.as_deref(), Some(&new));
        self.documents.insert(*document, Arc::new(new));
    }
}
