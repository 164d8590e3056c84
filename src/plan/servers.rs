//! Everybody who is asked in a strategy, wherever a lever names them.

use super::{CallCost, Compressor, History, Rerank, Server, Serving, Strategy};

impl Strategy {
    /// Visits every mention of a model or deployment: who answers, routers, judges, compressors, writers of summaries, who makes
    /// vectors and puts chunks in order, tuned models.
    pub fn each_server(&mut self, visit: &mut dyn FnMut(&mut Server)) {
        // Every field by name, so that none is forgotten that comes later.
        let Self {
            name: _,
            place: _,
            response_cache: _,
            retrieval,
            compress,
            examples: _,
            context: _,
            history,
            pack: _,
            fine_tune,
            serving,
            defaults: _,
        } = self;
        if let Some(Compressor::Model(server)) = compress.as_mut().and_then(|lever| lever.compressor.as_mut()) {
            visit(server);
        }
        if let Some(History::Summarise { server, .. }) = history {
            visit(server);
        }
        if let Some(retrieval) = retrieval {
            visit(&mut retrieval.embed);
            if let Some(Rerank::Model { server, .. }) = &mut retrieval.rerank {
                visit(server);
            }
        }
        if let Some(tuned) = fine_tune {
            each_of_serving(&mut tuned.serving, visit);
        }
        each_of_serving(serving, visit);
    }

    /// Every mention of a model or deployment, in the order of [`Self::each_server`].
    pub fn servers(&self) -> Vec<Server> {
        let mut found = Vec::new();
        self.clone().each_server(&mut |server| found.push(server.clone()));
        found
    }
}

fn each_of_serving(serving: &mut Serving, visit: &mut dyn FnMut(&mut Server)) {
    match serving {
        Serving::Single(server) => visit(server),
        Serving::Route(route) => {
            each_of_call(route.router.as_mut(), visit);
            route.arms.iter_mut().for_each(|arm| each_of_serving(&mut arm.serving, visit));
        }
        Serving::Cascade(cascade) => {
            each_of_call(cascade.judge.as_mut().and_then(|judge| judge.cost.as_mut()), visit);
            for step in &mut cascade.steps {
                each_of_call(step.judge.as_mut().and_then(|judge| judge.cost.as_mut()), visit);
                each_of_serving(&mut step.arm.serving, visit);
            }
        }
    }
}

fn each_of_call(call: Option<&mut CallCost>, visit: &mut dyn FnMut(&mut Server)) {
    if let Some(CallCost::Call { server, .. }) = call {
        visit(server);
    }
}
