using System.Diagnostics;
using Orleans.Diagnostics;

namespace Orleans.Runtime
{
    /// <summary>Makes a span at the caller and one at the callee of each call.</summary>
    internal sealed class CallTracing
    {
        private static readonly ActivitySource s_source = new(ActivitySources.ApplicationGrainActivitySourceName, "1.1.0");

        public static Activity? StartClient(MethodModel method) =>
            Describe(s_source.StartActivity(method.ActivityName, ActivityKind.Client), method);

        public static Activity? StartServer(MethodModel method, ActivityContext parent) =>
            Describe(s_source.StartActivity(method.ActivityName, ActivityKind.Server, parent), method);

        private static Activity? Describe(Activity? activity, MethodModel method) =>
            activity?.SetTag("rpc.system", "orleans")
                .SetTag("rpc.service", method.Owner.Type.Name)
                .SetTag("rpc.method", method.Method.Name);
    }
}

namespace Orleans.Diagnostics
{
    /// <summary>Names of the activity sources.</summary>
    public static class ActivitySources
    {
        public const string ApplicationGrainActivitySourceName = "Microsoft.Orleans.Application";
        public const string RuntimeActivitySourceName = "Microsoft.Orleans.Runtime";
        public const string LifecycleActivitySourceName = "Microsoft.Orleans.Lifecycle";
        public const string StorageActivitySourceName = "Microsoft.Orleans.Storage";
        public const string AllActivitySourceName = "Microsoft.Orleans.*";
    }
}
