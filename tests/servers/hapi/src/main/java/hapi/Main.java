package hapi;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binstore.DatabaseBinaryContentStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.interceptor.UserRequestRetryVersionConflictsInterceptor;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.IncomingRequestAddressStrategy;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.interceptor.RequestValidatingInterceptor;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.validation.IValidatorModule;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.dstu2.model.Subscription.SubscriptionChannelType;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * A real HAPI FHIR R4 JPA server on http://127.0.0.1:PORT/fhir, for integration tests only (no security).
 * HAPI's default storage settings; options as system properties:
 *   -Dport=8081       0 takes any free port; standard output then says READY and the base URL
 *   -Ddb=JDBC-URL     default H2 in memory; jdbc:postgresql://... with -Ddb.user, -Ddb.password; -Dpool=10
 *   -Dvalidate=true   check every request against R4 and answer 422, as strict installations do (HAPI's default: store)
 *   -Dretry=true      honour the X-Retry-On-Version-Conflict header (HAPI's default: ignore it)
 *   -Dreset=true      allow POST /fhir/$expunge to empty the database between tests
 *   -Dparent=PID      leave when that process leaves
 */
public class Main {
  static String opt(String name, String fallback) { return System.getProperty(name, fallback); }

  public static void main(String[] args) {
    var answer = System.out;
    System.setOut(System.err); // standard output carries the READY line and nothing else
    try {
      // -Dparent=PID: leave together with the test run that started us
      if (!opt("parent", "").isEmpty())
        ProcessHandle.of(Long.parseLong(opt("parent", ""))).orElseThrow().onExit().thenRun(() -> Runtime.getRuntime().halt(0));
      int port = Integer.getInteger("port", 8081); // 0: any free port, see the READY line
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close(); // taken: fail now, not after Spring is up
      var spring = new AnnotationConfigApplicationContext(Config.class);
      var jetty = new Server(new InetSocketAddress("127.0.0.1", port));
      var web = new ServletContextHandler("/");
      web.addServlet(new ServletHolder(spring.getBean(RestfulServer.class)), "/fhir/*");
      jetty.setHandler(web);
      jetty.start();
      answer.println("READY http://127.0.0.1:" + ((ServerConnector) jetty.getConnectors()[0]).getLocalPort() + "/fhir");
    } catch (Throwable e) { // background threads would keep a half-started JVM alive
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  @Configuration
  @Import({JpaR4Config.class, HapiJpaConfig.class, ThreadPoolFactoryConfig.class, JpaBatch2Config.class,
    Batch2JobsConfig.class, SubscriptionSubmitterConfig.class, SubscriptionProcessorConfig.class,
    SubscriptionChannelConfig.class})
  static class Config {
    @Bean JpaStorageSettings storageSettings() {
      var s = new JpaStorageSettings();
      if (Boolean.getBoolean("reset")) { // lets tests empty the database: POST /fhir/$expunge, expungeEverything=true
        s.setExpungeEnabled(true);
        s.setAllowMultipleDelete(true); // needed by $expunge; a conditional delete may then also hit many
      }
      return s;
    }

    @Bean PartitionSettings partitionSettings() { return new PartitionSettings(); }
    @Bean IBinaryStorageSvc binaryStorage() { return new DatabaseBinaryContentStorageSvcImpl(); }
    @Bean IEmailSender emailSender() { return details -> {}; }

    @Bean SubscriptionSettings subscriptionSettings() {
      var s = new SubscriptionSettings();
      s.addSupportedSubscriptionType(SubscriptionChannelType.RESTHOOK);
      return s;
    }

    @Bean DataSource dataSource() {
      var ds = new HikariDataSource();
      ds.setJdbcUrl(opt("db", "jdbc:h2:mem:hapi;DB_CLOSE_DELAY=-1"));
      ds.setUsername(opt("db.user", "sa"));
      ds.setPassword(opt("db.password", ""));
      ds.setMaximumPoolSize(Integer.parseInt(opt("pool", "10")));
      return ds;
    }

    @Bean @Primary LocalContainerEntityManagerFactoryBean entityManagerFactory(
        DataSource dataSource, ConfigurableListableBeanFactory beans, FhirContext fhir, JpaStorageSettings settings) {
      var emf = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
      var dialect = opt("db", "").startsWith("jdbc:postgresql:") ? HapiFhirPostgresDialect.class : HapiFhirH2Dialect.class;
      Map<String, Object> p = new HashMap<>(Map.of(
        "hibernate.dialect", dialect.getName(),
        "hibernate.hbm2ddl.auto", "update",
        "hibernate.jdbc.batch_size", "20",
        "hibernate.cache.use_query_cache", "false",
        "hibernate.cache.use_second_level_cache", "false",
        "hibernate.search.enabled", "false"));
      emf.setPersistenceUnitName("HAPI_PU");
      emf.setDataSource(dataSource);
      emf.setJpaPropertyMap(p);
      return emf;
    }

    @Bean @Primary JpaTransactionManager transactionManager(EntityManagerFactory emf) { return new JpaTransactionManager(emf); }

    @Bean RestfulServer restfulServer(IFhirSystemDao<?, ?> systemDao, ResourceProviderFactory resources,
        IJpaSystemProvider system, JpaStorageSettings settings, ISearchParamRegistry params,
        IValidationSupport validation, IValidatorModule validator, DatabaseBackedPagingProvider paging) {
      var server = new RestfulServer(systemDao.getContext());
      server.registerProviders(resources.createProviders());
      server.registerProvider(system);
      server.setServerConformanceProvider(new JpaCapabilityStatementProvider(server, systemDao, settings, params, validation));
      paging.setDefaultPageSize(20);
      paging.setMaximumPageSize(200);
      server.setPagingProvider(paging);
      server.setDefaultResponseEncoding(EncodingEnum.JSON);
      server.setServerAddressStrategy(new IncomingRequestAddressStrategy());
      if (Boolean.getBoolean("validate")) { // refuse invalid resources with 422 instead of storing them
        var check = new RequestValidatingInterceptor();
        check.setValidatorModules(List.of(validator));
        check.setFailOnSeverity(ResultSeverityEnum.ERROR);
        server.registerInterceptor(check);
      }
      if (Boolean.getBoolean("retry")) server.registerInterceptor(new UserRequestRetryVersionConflictsInterceptor());
      return server;
    }
  }
}
